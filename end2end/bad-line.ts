import { once } from "node:events";
import {
  createServer,
  request as ask,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";

/** What the line does with an answer. `none` comes never, `half` breaks off, `stuck` brings one half and then nothing. */
type Trouble = "none" | "half" | "stuck" | "held";

/** Requests that the line makes trouble for. */
export class Rule {
  /** How many came. */
  seen = 0;
  /** How many the browser has given up. */
  givenUp = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(
    readonly pattern: RegExp,
    readonly trouble: Trouble,
  ) {}

  /** Lets the answers go that were held, and all that come later. */
  release(): void {
    this.isReleased = true;
    for (const go of this.waiting.splice(0)) go();
  }

  isReleased = false;

  async released(): Promise<void> {
    if (!this.isReleased) await new Promise<void>((go) => this.waiting.push(go));
  }
}

/** Stands before a server as a bad line does: delays, swallows, reorders and cuts answers. */
export class BadLine {
  /** Where the server is, once it is started. */
  target = "";
  private rules: Rule[] = [];

  private constructor(
    readonly url: string,
    private readonly server: Server,
  ) {
    server.on("request", (request: IncomingMessage, response: ServerResponse) => {
      this.pass(request, response).catch(() => response.destroy());
    });
  }

  static async start(): Promise<BadLine> {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    return new BadLine(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, server);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, "close");
  }

  /** No answer comes, ever. */
  swallow = (pattern: RegExp): Rule => this.add(pattern, "none");
  /** The connection breaks off in the middle of the answer. */
  cut = (pattern: RegExp): Rule => this.add(pattern, "half");
  /** The answer stops in its middle, and the connection stays. */
  stick = (pattern: RegExp): Rule => this.add(pattern, "stuck");
  /** The answer comes when the rule releases it. */
  hold = (pattern: RegExp): Rule => this.add(pattern, "held");

  /** From here on everything passes. What is held comes now. */
  clear(): void {
    for (const rule of this.rules.splice(0)) rule.release();
  }

  private add(pattern: RegExp, trouble: Trouble): Rule {
    const rule = new Rule(pattern, trouble);
    this.rules.push(rule);
    return rule;
  }

  private async pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const rule = this.rules.find(({ pattern }) => pattern.test(request.url ?? ""));
    if (rule) {
      rule.seen++;
      response.once("close", () => (rule.givenUp += Number(!response.writableFinished)));
    }
    const body = await buffer(request);
    if (rule?.trouble === "none") return;
    const answer = await this.forward(request, body);
    const content = await buffer(answer);
    if (rule?.trouble === "held") await rule.released();
    response.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
    if (rule?.trouble !== "half" && rule?.trouble !== "stuck") {
      response.end(content);
      return;
    }
    response.write(content.subarray(0, content.length / 2));
    if (rule.trouble === "half") setTimeout(() => response.destroy(), 50);
  }

  private async forward(request: IncomingMessage, body: Buffer): Promise<IncomingMessage> {
    const { method, headers, url } = request;
    const forwarded = ask(`${this.target}${url ?? "/"}`, { method, headers });
    forwarded.end(body);
    const [answer] = (await once(forwarded, "response")) as [IncomingMessage];
    return answer;
  }
}
