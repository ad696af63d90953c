//! What the made-up language models take for an answer.

use analytics::fact::ModelUse;
use rand::Rng;

/// Of a hundred answers, so many need the large model.
const IS_HARD: u32 = 14;
/// Of a thousand calls, so many fail.
const FAILS: u32 = 6;

/// One call: most by the small model, some by the large one, which takes longer and costs more.
pub(super) fn draw_use(random: &mut impl Rng) -> ModelUse {
    let is_hard = random.random_ratio(IS_HARD, 100);
    let failed = random.random_ratio(FAILS, 1_000);
    let input_tokens = random.random_range(280..2_400);
    let output_tokens = if failed { 0 } else { random.random_range(20..320) };
    // Billionths of a dollar for each token read and written.
    let (model, base_ms, read, written) =
        if is_hard { ("sage-2-large", 900, 2_500, 10_000) } else { ("swift-2", 250, 150, 600) };
    let cost = input_tokens * read + output_tokens * written;
    ModelUse {
        model: Some(model.to_owned()),
        input_tokens: Some(input_tokens),
        output_tokens: Some(output_tokens),
        cost_nano_usd: i64::try_from(cost).ok(),
        latency_ms: Some(base_ms + output_tokens * 4 + random.random_range(0..base_ms)),
        failed,
    }
}
