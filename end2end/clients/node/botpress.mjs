// A program that reads a bot's analytics from Botpress, and prints the records.
import { Client } from "@botpress/client";

const client = new Client({ apiUrl: process.env.BASE, token: process.env.READ_KEY });
const { BOT: id, START: startDate, END: endDate } = process.env;
try {
  const { records } = await client.getBotAnalytics({ id, startDate, endDate });
  console.log(JSON.stringify(records));
} catch (error) {
  console.error(error.code, error.type, error.message);
  process.exit(1);
}
