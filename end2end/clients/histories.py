"""Files as other products export them, each with one question of user-1 and one answer on 2 January 2026."""

import csv
import json
import zipfile

ASKED, ANSWERED = 1_767_323_045, 1_767_323_046
DAY = "2026-01-02"


def write_json(path, content):
    path.write_text(json.dumps(content))


def write_tracker_json(path):
    asked = {"event": "user", "timestamp": ASKED, "text": "hello", "message_id": "m-1", "input_channel": "web"}
    answered = {"event": "bot", "timestamp": ANSWERED, "text": "hi!", "data": {}}
    write_json(path, {"sender_id": "user-1", "slots": {}, "events": [asked, answered]})


def write_copilot_studio(path):
    def said(number, at, role, who):
        side = {"id": who, "role": role}
        return {"type": "message", "id": number, "timestamp": at, "from": side, "channelId": "web", "text": "hello"}

    activities = [said("a-1", ASKED, 1, "user-1"), said("a-2", ANSWERED, 0, "bot")]
    with open(path, "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["conversationtranscriptid", "content", "metadata"])
        writer.writerow(["t-1", json.dumps({"activities": activities}), "{}"])


def write_telegram(path):
    def said(number, at, who, name):
        told = {"type": "message", "date": f"{DAY}T03:04:05", "from": name, "text": "hello"}
        return {"id": number, "date_unixtime": str(at), "from_id": who, **told}

    messages = [said(1, ASKED, "user1", "Ada"), said(2, ANSWERED, "user9", "Helper")]
    write_json(path, {"name": "Helper", "type": "bot_chat", "id": 9, "messages": messages})


def write_whatsapp(path):
    path.write_text("13.01.26, 10:00 - Ada: hello\n13.01.26, 10:01 - Helper: hi!\n")


def write_slack(path):
    def said(at, who):
        return {"type": "message", "ts": f"{at}.000100", "text": "hello", **who}

    users = [{"id": "U1", "name": "ada"}, {"id": "U9", "name": "helper", "real_name": "Helper", "is_bot": True}]
    day = [said(ASKED, {"user": "U1"}), said(ANSWERED, {"user": "U9", "bot_id": "B9"})]
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("users.json", json.dumps(users))
        archive.writestr("channels.json", "[]")
        archive.writestr("dms.json", json.dumps([{"id": "D1", "members": ["U1", "U9"]}]))
        archive.writestr(f"D1/{DAY}.json", json.dumps(day))


def write_discord(folder):
    def said(number, second, author):
        return {
            "id": number,
            "type": "Default",
            "timestamp": f"{DAY}T03:04:0{second}+00:00",
            "content": "hello",
            "author": author,
            "mentions": [],
        }

    folder.mkdir()
    person, bot = {"id": "1", "name": "ada", "isBot": False}, {"id": "9", "name": "Helper", "isBot": True}
    channel = {"id": "5", "type": "DirectTextChat", "name": "Helper"}
    messages = [said("11", 5, person), said("12", 6, bot)]
    write_json(folder / "helper.json", {"guild": {"id": "0"}, "channel": channel, "messages": messages})


def write_chatwoot(path):
    def said(number, at, kind, sender):
        place = {"conversation_id": 1, "inbox_id": 1, "private": False}
        return {"id": number, "content": "hello", "created_at": at, "message_type": kind, "sender": sender, **place}

    contact, person = {"id": 7, "type": "contact"}, {"id": 1, "type": "user"}
    write_json(path, {"payload": [said(1, ASKED, 0, contact), said(2, ANSWERED, 1, person)]})
