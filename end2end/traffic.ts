import type { Event } from "./parlance.ts";

export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;

const zones = [
  "Pacific/Honolulu",
  "America/Los_Angeles",
  "America/New_York",
  "America/Sao_Paulo",
  "Europe/Berlin",
  "Europe/Istanbul",
  "Asia/Kolkata",
  "Asia/Tokyo",
  "Pacific/Auckland",
];

/** A zone in which it is about two in the afternoon now: whenever the tests run, no midnight comes into their way. */
export function zoneInTheAfternoon(now = Date.now()): string {
  const distance = (zone: string) => Math.abs(localHour(zone, now) - 14);
  return zones.toSorted((one, other) => distance(one) - distance(other))[0] ?? "UTC";
}

/**
 * Somebody's first message nearly 14 months ago, then a few users a day: some come every day, some once. No message
 * lies within two hours of now's time of day, so that no figure changes while a test looks at it.
 */
export function fourteenMonths(now = Date.now()): Event[] {
  const days = Array.from({ length: 420 }, (_, age) => age).reverse();
  return days.flatMap((age) => eventsOfDay(now - age * DAY, age));
}

/** `count` messages of one user each, a minute apart, the last one `ago` milliseconds before now. */
export function messages(count: number, { ago = HOUR, ...fields }: { ago?: number } & Partial<Event> = {}) {
  const last = Date.now() - ago;
  return Array.from({ length: count }, (_, place): Event => ({
    user_id: `user-${place}`,
    at: last - (count - 1 - place) * 60_000,
    ...fields,
  }));
}

function eventsOfDay(noon: number, age: number): Event[] {
  const users = 2 + (age % 5);
  return Array.from({ length: users }, (_, place): Event[] => {
    const user_id = place < 2 ? `regular-${place}` : `guest-${age}-${place}`;
    const at = noon - (3 + place) * HOUR;
    const channel = place % 2 === 0 ? "web" : "telegram";
    return [
      { user_id, at, channel },
      { user_id, at: at + 1_000, channel, direction: "outgoing" },
      { user_id, at: at + 60_000, channel },
    ];
  }).flat();
}

function localHour(timeZone: string, now: number): number {
  const format = new Intl.DateTimeFormat("en-GB", { timeZone, hour: "numeric", hourCycle: "h23" });
  return Number(format.format(now));
}
