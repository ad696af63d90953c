"""Counts messages one by one, after docs/METRICS.md: slow, plain, and unlike the product's counters."""

from datetime import datetime, timezone

METRICS = ["total_users", "new_users", "returning_users", "sessions", "messages", "bot_messages"]


class Counter:
    """The messages of one bot under one session timeout."""

    def __init__(self, messages, timeout_s):
        self.messages = [dict(m, at=_instant(m["at"]), channel=m["channel"].lower()) for m in messages]
        self.incoming = [m for m in self.messages if m["direction"] == "incoming"]
        self.openings = list(self._named()) + list(self._idle(timeout_s))

    def first_at(self, channel):
        return min((m["at"] for m in self.messages if channel in (None, m["channel"])), default=None)

    def count(self, start, end, channel):
        inside = lambda at: start <= at < end
        on_channel = lambda m: channel in (None, m["channel"])
        first = {}
        for message in filter(on_channel, self.incoming):
            first[message["user_id"]] = min(message["at"], first.get(message["user_id"], message["at"]))
        active = {m["user_id"] for m in self.incoming if on_channel(m) and inside(m["at"])}
        new = {user for user in active if inside(first[user])}
        return {
            "total_users": len(active),
            "new_users": len(new),
            "returning_users": len(active - new),
            "sessions": sum(1 for m in self.openings if on_channel(m) and inside(m["at"])),
            "messages": sum(1 for m in self.incoming if on_channel(m) and inside(m["at"])),
            "bot_messages": sum(
                1 for m in self.messages if m["direction"] == "outgoing" and on_channel(m) and inside(m["at"])
            ),
        }

    def _named(self):
        earliest = {}
        for message in self.incoming:
            if "session_id" in message:
                name = (message["user_id"], message["session_id"])
                if name not in earliest or _order(message) < _order(earliest[name]):
                    earliest[name] = message
        return earliest.values()

    def _idle(self, timeout_s):
        conversations = {}
        for message in self.messages:
            if "session_id" not in message:
                conversations.setdefault((message["user_id"], message["channel"]), []).append(message)
        for messages in conversations.values():
            last = None
            for message in sorted(messages, key=_order):
                alive = last is not None and (message["at"] - last).total_seconds() <= timeout_s
                if message["direction"] == "incoming":
                    if not alive:
                        yield message
                    last = message["at"]
                elif alive:
                    last = message["at"]


def _order(message):
    return (message["at"], message["direction"] == "outgoing", message["id"])


def _instant(at):
    if isinstance(at, str):
        return datetime.fromisoformat(at).astimezone(timezone.utc)
    return datetime.fromtimestamp(at // 1000, timezone.utc).replace(microsecond=at % 1000 * 1000)
