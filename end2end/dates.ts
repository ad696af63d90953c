// Dates are texts such as 2026-11-17, as in addresses and in the API.

const DAY = 86_400_000;
const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

export function plusDays(date: string, days: number): string {
  return toDate(Date.parse(date) + days * DAY);
}

/** The same day of another month, or that month's last day. */
export function plusMonths(date: string, count: number): string {
  const [year, month, day] = parts(date);
  const last = new Date(Date.UTC(year, month + count, 0)).getUTCDate();
  return toDate(Date.UTC(year, month - 1 + count, Math.min(day, last)));
}

export function firstOfMonth(date: string): string {
  return `${date.slice(0, 8)}01`;
}

/** From the first date to the second, which is not counted. */
export function daysBetween(first: string, end: string): number {
  return (Date.parse(end) - Date.parse(first)) / DAY;
}

/** The Monday of a date's week. */
export function monday(date: string): string {
  return plusDays(date, -((new Date(date).getUTCDay() + 6) % 7));
}

export function dateOf(instant: string): string {
  return instant.slice(0, 10);
}

export function timeOf(instant: string): string {
  return instant.slice(11, 16);
}

/** `17 Nov`. */
export function shortDay(date: string): string {
  const [, month, day] = parts(date);
  return `${day} ${months[month - 1]}`;
}

/** Two dates as the pages write them: `16–22 Nov 2026`, `28 Oct – 3 Nov 2026`. */
export function span(first: string, last: string): string {
  const [firstYear, firstMonth, firstDay] = parts(first);
  const [year, month] = parts(last);
  if (first === last) return `${shortDay(last)} ${year}`;
  if (firstYear !== year) return `${shortDay(first)} ${firstYear} – ${shortDay(last)} ${year}`;
  if (firstMonth !== month) return `${shortDay(first)} – ${shortDay(last)} ${year}`;
  return `${firstDay}–${shortDay(last)} ${year}`;
}

/** `Tuesday 17 November 2026`. */
export function longDay(date: string): string {
  const format = new Intl.DateTimeFormat("en-GB", { dateStyle: "full", timeZone: "UTC" });
  return format.format(new Date(date)).replace(",", "");
}

/** `November 2026`. */
export function longMonth(date: string): string {
  const format = new Intl.DateTimeFormat("en-GB", { month: "long", year: "numeric", timeZone: "UTC" });
  return format.format(new Date(date));
}

function parts(date: string): [number, number, number] {
  const [year = 0, month = 0, day = 0] = date.split("-").map(Number);
  return [year, month, day];
}

function toDate(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
