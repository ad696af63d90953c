import type { Bot, Parlance } from "./parlance.ts";

export const metrics = ["total_users", "new_users", "returning_users", "sessions", "messages"] as const;
export type Metric = (typeof metrics)[number];

/** What the tests read of `GET /api/v1/bots/{id}/analytics`. */
export interface Report {
  time_zone: string;
  today: string;
  granularity: "hour" | "day" | "week" | "month";
  period: { start: string; end: string; running: boolean };
  comparison: null | {
    start: string;
    end: string;
    cut: string | null;
    coverage: string;
    timeseries: Row[];
    pairs: Pair[];
  };
  totals: Record<Metric, { value: number; previous: number | null; change: number | null }>;
  timeseries: Row[];
}

/** Places of buckets that stand in one line. */
export interface Pair {
  current: number | null;
  previous: number | null;
}

export type Row = Record<Metric, number | null> & { start: string; end: string; running: boolean };

/** Reads figures as a program does, with a read token. */
export class ReadApi {
  constructor(
    private readonly parlance: Parlance,
    private readonly token: string,
  ) {}

  async report(bot: Bot, query: string): Promise<Report> {
    return (await (await this.get(`/api/v1/bots/${bot.id}/analytics?${query}`)).json()) as Report;
  }

  /** The lines of the CSV, each by the names in its heading. */
  async csv(bot: Bot, query: string): Promise<Record<string, string>[]> {
    const text = await (await this.get(`/api/v1/bots/${bot.id}/analytics.csv?${query}`)).text();
    return readCsv(text);
  }

  async status(path: string): Promise<number> {
    return (await this.fetch(path)).status;
  }

  private async get(path: string): Promise<Response> {
    const response = await this.fetch(path);
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
    return response;
  }

  private fetch(path: string): Promise<Response> {
    return fetch(this.parlance.url + path, { headers: { authorization: `Bearer ${this.token}` } });
  }
}

/** Enough of CSV for figures and dates, which are never quoted. */
export function readCsv(text: string): Record<string, string>[] {
  const [heading = [], ...lines] = text
    .trim()
    .split(/\r?\n/)
    .map((line) => line.split(","));
  return lines.map((cells) => Object.fromEntries(heading.map((name, place) => [name, cells[place] ?? ""])));
}

/** A count as the pages write it. */
export function written(count: number): string {
  return count.toLocaleString("en-GB");
}
