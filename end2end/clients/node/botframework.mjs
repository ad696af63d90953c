// A bot on the Bot Framework: Dashbot's middleware reports it, a transcript logger keeps each activity in FOLDER.
import Dashbot from "dashbot";
import { FileTranscriptStore, TestAdapter, TranscriptLoggerMiddleware } from "botbuilder";

const conversation = { id: process.env.CONVERSATION ?? "c-1" };
const adapter = new TestAdapter(answer, { conversation });
adapter.use(Dashbot(process.env.KEY).microsoft.middleware());
adapter.use(new TranscriptLoggerMiddleware(new FileTranscriptStore(process.env.FOLDER)));

await adapter.send("hello").assertReply('You said "hello".').startTest();
await adapter.send("where is my parcel?").assertReply('You said "where is my parcel?".').startTest();

async function answer(context) {
  if (context.activity.type === "message") await context.sendActivity(`You said "${context.activity.text}".`);
}
