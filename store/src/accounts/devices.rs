//! Browsers in which somebody has typed the right password before. Whoever guesses passwords elsewhere uses up the tries
//! of strangers, and the owner still gets in from here: OWASP's "device cookies".

use analytics::ids::AccountId;
use analytics::instant::{DAY_MS, Instant};

use crate::credentials::{Email, Secret, SecretKind, os_random};
use crate::engine::values;
use crate::{Store, StoreError};

/// How long a device is known after the last sign-in there, in milliseconds: 180 days.
pub const DEVICE_LIFETIME_MS: i64 = 180 * DAY_MS;
/// Most known devices of an account: the one that was not used for the longest time makes room.
pub const MAX_DEVICES: i64 = 50;

impl Store {
    /// Whether the account of this address has signed in on the device that holds this token.
    pub async fn is_known_device(
        &self,
        device: &Secret,
        email: &Email,
        now: Instant,
    ) -> Result<bool, StoreError> {
        let sql = "select 1 from devices join accounts using (account_id)
            where token_hash = $1 and email = $2 and last_used_at > $3 and disabled_at is null";
        let hash = device.hash();
        let values = values![&hash, email.as_str(), oldest_use(now)];
        Ok(self.database().fetch_optional(sql, values).await?.is_some())
    }

    /// Knows a device of the account from now on: by the token that it has, if that is the account's already, else by a
    /// new one. Gives the token.
    pub async fn remember_device(
        &self,
        account: AccountId,
        presented: Option<Secret>,
        now: Instant,
    ) -> Result<Secret, StoreError> {
        let mut transaction = self.database().write().await?;
        if let Some(device) = presented {
            let sql = "update devices set last_used_at = $3
                where token_hash = $1 and account_id = $2 and last_used_at > $4";
            let hash = device.hash();
            let values = values![&hash, account.0, now.as_ms(), oldest_use(now)];
            if transaction.execute(sql, values).await? > 0 {
                transaction.commit().await?;
                return Ok(device);
            }
        }
        let device = Secret::generate(SecretKind::Device, &mut os_random());
        let sql = "insert into devices (account_id, token_hash, last_used_at) values ($1, $2, $3)";
        transaction.execute(sql, values![account.0, &device.hash(), now.as_ms()]).await?;
        let sql = "delete from devices where account_id = $1 and (last_used_at <= $2 or device_id not in (
            select device_id from devices where account_id = $1
            order by last_used_at desc, device_id desc limit $3))";
        transaction.execute(sql, values![account.0, oldest_use(now), MAX_DEVICES]).await?;
        transaction.commit().await?;
        Ok(device)
    }
}

fn oldest_use(now: Instant) -> i64 {
    now.plus_ms(-DEVICE_LIFETIME_MS).as_ms()
}
