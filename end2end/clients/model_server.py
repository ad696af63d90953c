"""A model on the loopback that speaks as OpenAI's does: chat completions and responses, streamed and not.

What a call uses depends on how it was asked, so that a sum tells which of them is missing. `FAILING` in what was asked
makes it fail; where tools are offered, it calls one first.
"""

import itertools
import json

from .listener import Answer, Listener

MODEL = "mock-1"
FAILING = "fail"
WORDS = ["It is ", "in ", "Hamburg."]
# Input and output tokens of each way to ask. The input of the first holds 64 tokens from a cache.
CHAT, CHAT_STREAM, RESPONSES, RESPONSES_STREAM = (100, 7), (10, 3), (1000, 70), (2000, 50)
TOOL_CALL, TOOL_ANSWER = (11, 3), (23, 5)
CACHED = 64
# Clients drop an answer whose id they know.
numbers = itertools.count(1)


def model_server():
    return Listener(answer)


def answer(request):
    if request.method != "POST":
        return as_json({"object": "list", "data": [{"id": MODEL, "object": "model", "created": 1, "owned_by": "us"}]})
    asked = json.loads(request.body)
    if FAILING in request.body.decode().lower():
        return as_json({"error": {"message": "The model is overloaded.", "type": "server_error"}}, 500)
    if request.path.endswith("/responses"):
        return stream_response() if asked.get("stream") else as_json(response(RESPONSES))
    return stream_chat(asked) if asked.get("stream") else as_json(chat(asked))


def as_json(content, status=200):
    return Answer(status, {"Content-Type": "application/json"}, json.dumps(content).encode())


def as_stream(lines):
    return Answer(200, {"Content-Type": "text/event-stream"}, "".join(lines).encode())


def completion(kind):
    return {"id": f"chatcmpl-{next(numbers)}", "object": kind, "created": 1_767_323_045, "model": MODEL}


def chat(asked):
    used = chat_tokens(asked)
    if used == TOOL_CALL:
        message, reason = {"role": "assistant", "content": None, "tool_calls": [tool_call()]}, "tool_calls"
    else:
        message, reason = {"role": "assistant", "content": "".join(WORDS)}, "stop"
    choice = {"index": 0, "message": message, "finish_reason": reason, "logprobs": None}
    return {**completion("chat.completion"), "choices": [choice], "usage": chat_usage(used)}


def chat_tokens(asked):
    if not asked.get("tools"):
        return CHAT_STREAM if asked.get("stream") else CHAT
    return TOOL_ANSWER if asked["messages"][-1]["role"] == "tool" else TOOL_CALL


def tool_call():
    return {"id": "call-1", "type": "function", "function": {"name": "track", "arguments": "{}"}}


def chat_usage(used):
    usage = {"prompt_tokens": used[0], "completion_tokens": used[1], "total_tokens": sum(used)}
    return {**usage, "prompt_tokens_details": {"cached_tokens": CACHED}} if used == CHAT else usage


def stream_chat(asked):
    """Says what it used only if it was asked to."""
    used = chat_tokens(asked)
    if used == TOOL_CALL:
        deltas, reason = [{"role": "assistant", "tool_calls": [{"index": 0, **tool_call()}]}], "tool_calls"
    else:
        deltas, reason = [{"role": "assistant", "content": word} for word in WORDS], "stop"
    choices = [[{"index": 0, "delta": delta, "finish_reason": None}] for delta in deltas]
    choices.append([{"index": 0, "delta": {}, "finish_reason": reason}])
    head = completion("chat.completion.chunk")
    chunks = [{**head, "choices": choice} for choice in choices]
    if (asked.get("stream_options") or {}).get("include_usage"):
        chunks.append({**head, "choices": [], "usage": chat_usage(used)})
    return as_stream([f"data: {json.dumps(chunk)}\n\n" for chunk in chunks] + ["data: [DONE]\n\n"])


def response(used):
    said = {"type": "output_text", "text": "".join(WORDS), "annotations": []}
    message = {"type": "message", "id": "msg-1", "status": "completed", "role": "assistant", "content": [said]}
    settings = {"parallel_tool_calls": True, "tool_choice": "auto", "tools": [], "metadata": {}}
    empty = dict.fromkeys(["error", "incomplete_details", "instructions", "temperature", "top_p"])
    return {
        "id": f"resp-{next(numbers)}",
        "object": "response",
        "created_at": 1_767_323_045,
        "status": "completed",
        "model": MODEL,
        "output": [message],
        "usage": response_usage(used),
        **settings,
        **empty,
    }


def response_usage(used):
    details = {"input_tokens_details": {"cached_tokens": 0}, "output_tokens_details": {"reasoning_tokens": 2}}
    return {"input_tokens": used[0], "output_tokens": used[1], "total_tokens": sum(used), **details}


def stream_response():
    done = response(RESPONSES_STREAM)
    new = {**done, "status": "in_progress", "output": [], "usage": None}
    item = {"item_id": "msg-1", "output_index": 0}
    part = {"type": "output_text", "text": "", "annotations": []}
    text = {"type": "response.output_text.delta", "content_index": 0, "logprobs": [], **item}
    begun = {**done["output"][0], "status": "in_progress", "content": []}
    events = [
        {"type": "response.created", "response": new},
        {"type": "response.output_item.added", "output_index": 0, "item": begun},
        {"type": "response.content_part.added", "content_index": 0, "part": part, **item},
        *({**text, "delta": word} for word in WORDS),
        {**text, "type": "response.output_text.done", "text": "".join(WORDS)},
        {"type": "response.content_part.done", "content_index": 0, "part": done["output"][0]["content"][0], **item},
        {"type": "response.output_item.done", "output_index": 0, "item": done["output"][0]},
        {"type": "response.completed", "response": done},
    ]
    numbered = ({**event, "sequence_number": number} for number, event in enumerate(events))
    return as_stream(f"event: {event['type']}\ndata: {json.dumps(event)}\n\n" for event in numbered)
