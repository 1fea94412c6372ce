import assert from "node:assert/strict";
import fc from "fast-check";
import { scheduleProblem } from "../../../providers/backup/schedule.model";
import { parseCalendarEvent } from "../../../simulator/calendar-event";

describe("a schedule of Proxmox's", () => {
  it("is a word, weekdays, a date and a time in any combination", () => {
    const right = [
      ...["daily", "semi-annually", "21:00", "*/15", "22/1:0", "1,4,6", "20..22:*/30", "8..17/2:30", "23:59:30"],
      ...["mon", "sat..sun", "Fri..Mon", "wednesday,mon..tue,fri", "mon..fri 02:30", "mon..fri 02:30 UTC", "dailyUTC"],
      ...["*-*-1..7 03:15", "sat *-1,7-1..7 3:15", "2027-1-1", "12-24 20:00", " 21:00 "],
    ];
    for (const schedule of right) assert.equal(scheduleProblem(schedule), undefined, schedule);
  });

  it("that Proxmox does not read is told of with what is wrong in it", () => {
    const wrong: readonly (readonly [string, RegExp])[] = [
      ["", /write a calendar event such as/],
      ["Daily", /"daily" is no weekday/],
      ["moo 10:00", /"moo" is no weekday/],
      ["mon..tue..wed", /no range of weekdays/],
      ["25:00", /^25 is no hour; write 0 to 23$/],
      ["61", /^61 is no minute; write 0 to 59$/],
      ["*/61", /every 61 is no step of the minute/],
      ["*/0", /every 0 is no step of the minute/],
      ["10..5:00", /the hours 10\.\.5 end before they begin/],
      ["2027-13-1", /^13 is no month/],
      ["1-32", /^32 is no day/],
      ["mon 0 0 0", /write a calendar event/],
      ["1:2:3:4", /write a calendar event/],
      ["02:30,", /"" is no minute/],
      [`${"mon,".repeat(40)}tue`, /longer than the 128 characters/],
    ];
    for (const [schedule, message] of wrong) assert.match(scheduleProblem(schedule) ?? "nothing", message, schedule);
  });

  it("is one to the check wherever it is one to the simulated Proxmox, and nowhere else", () => {
    const number = fc.integer({ min: 0, max: 70 }).map(String);
    const item = fc.oneof(
      number,
      fc.tuple(number, number).map(([from, to]) => `${from}..${to}`),
      fc.tuple(number, number).map(([from, step]) => `${from}/${step}`),
      fc.tuple(number, number, number).map(([from, to, step]) => `${from}..${to}/${step}`),
      fc.constantFrom("*", "*/5", "*/0", "x", ""),
    );
    const list = fc.array(item, { minLength: 1, maxLength: 3 }).map((items) => items.join(","));
    const parts = (between: string) => fc.array(list, { minLength: 1, maxLength: 4 }).map((all) => all.join(between));
    const day = fc.constantFrom("mon", "Tuesday", "sun", "tues", "sat");
    const weekdays = fc.array(
      fc.oneof(
        day,
        fc.tuple(day, day).map((two) => two.join("..")),
      ),
      { minLength: 1, maxLength: 3 },
    );
    const some = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: "" });
    const schedule = fc
      .tuple(some(weekdays.map((all) => all.join(","))), some(parts("-")), some(parts(":")), some(fc.constant("UTC")))
      .map((all) => all.filter((one) => one !== "").join(" "));
    fc.assert(
      fc.property(schedule, (text) => {
        fc.pre(text.length <= 128);
        assert.equal(scheduleProblem(text) === undefined, parseCalendarEvent(text) !== undefined, text);
      }),
      { numRuns: 3000 },
    );
  });
});
