// A bot that reports to Dashbot: moved over with DASHBOT_SERVER_ROOT and DASHBOT_API_KEY_OVERRIDE alone.
import Dashbot from "dashbot";

const dashbot = Dashbot("the key of before").generic;
const conversation = {
  userId: "user-1",
  conversationId: "c-1",
  dashbot_timestamp: Date.UTC(2026, 0, 2, 3, 4, 5, 678),
};

const answers = [await dashbot.logIncoming({ ...conversation, text: "hello", intent: { name: "greet" } })];
dashbot.setNotHandled();
answers.push(await dashbot.logOutgoing({ ...conversation, text: "sorry?" }));
answers.push(await dashbot.logEvent({ ...conversation, type: "customEvent", name: "handoff" }));
process.exit(answers.every((answer) => answer.status === 200) ? 0 : 1);
