import assert from "node:assert/strict";
import { connect, type Connection } from "../../pve";
import { secretValue } from "../support/secret-values";
import { server as certificate } from "./certificates";
import { startFakeApi, type FakeApi } from "./fake-api";
import { VirtualClock } from "./virtual-clock";

const password = secretValue("root's password");

export const upid = (n: number, type = "qmcreate", id = `${100 + n}`) =>
  `UPID:pve1:${(4096 + n).toString(16).toUpperCase().padStart(8, "0")}:00ABCDEF:6955B900:${type}:${id}:root@pam:`;

/** A line for each whole percent. */
export const copied = (percent: number) =>
  percent >= 100 ? "TASK OK" : `transferred ${Math.floor(percent)} MiB of 100 MiB (${Math.floor(percent)}.00%)`;

/** Tasks on pve1 that end at their moment on the clock. */
export class FakeTasks {
  readonly ends = new Map<string, { at: number; exit: string }>();
  readonly log: string[] = ["starting"];
  /** The end of a task's log, as it is now. */
  lastLine: (upid: string) => string | undefined = () => undefined;
  readonly logsRead: string[] = [];
  statusCalls = 0;
  listCalls = 0;

  constructor(
    fake: FakeApi,
    readonly clock: VirtualClock,
  ) {
    fake.on("GET", /^\/nodes\/pve1\/tasks\/[^/]+\/status$/, ({ path }) => {
      this.statusCalls++;
      const id = decodeURIComponent(path.split("/")[4]!);
      const end = this.ends.get(id);
      if (!end)
        return { status: 400, reason: "Parameter verification failed.", extra: { errors: { upid: "no such task" } } };
      return {
        data:
          clock.now() < end.at
            ? { status: "running", upid: id }
            : { status: "stopped", exitstatus: end.exit, upid: id },
      };
    });
    fake.on("GET", "/nodes/pve1/tasks", ({ query }) => {
      this.listCalls++;
      assert.equal(query.get("source"), "all");
      const running = [...this.ends].filter(([, { at }]) => clock.now() < at);
      const ended = [...this.ends].filter(([, { at }]) => at <= clock.now()).sort(([, a], [, b]) => b.at - a.at);
      const rows = [
        ...running.map(([id]) => ({ upid: id, status: "RUNNING" })),
        ...ended.map(([id, { at, exit }]) => ({ upid: id, status: exit, endtime: Math.floor(at / 1000) })),
      ];
      return { data: rows.slice(0, Number(query.get("limit") ?? 50)), extra: { total: rows.length } };
    });
    fake.on("GET", /\/log$/, ({ path, query }) => {
      const start = Number(query.get("start") ?? 0);
      const id = decodeURIComponent(path.split("/")[4]!);
      this.logsRead.push(id);
      const last = this.lastLine(id);
      const lines = [...this.log, ...(last === undefined ? [] : [last])].slice(
        start,
        start + Number(query.get("limit") ?? 50),
      );
      return { data: lines.map((t, i) => ({ n: start + i + 1, t })), extra: { total: this.log.length } };
    });
  }

  start(n: number, ms: number, exit = "OK", type?: string, id?: string): string {
    const task = upid(n, type, id);
    this.ends.set(task, { at: this.clock.now() + ms, exit });
    return task;
  }

  /** A copy that is equally fast all the time, which its log tells. */
  copy(n: number, ms: number, exit = "OK"): string {
    const task = this.start(n, ms, exit, "qmclone", "9000");
    this.lastLine = (id) => copied(100 - ((this.ends.get(id)!.at - this.clock.now()) / ms) * 100);
    return task;
  }
}

/** A Proxmox with such tasks, and connections to it; one that is new knows no task yet. */
export async function startTasks(): Promise<{
  fake: FakeApi;
  clock: VirtualClock;
  world: FakeTasks;
  another: () => Connection;
}> {
  const fake = await startFakeApi();
  const clock = new VirtualClock();
  const another = (): Connection =>
    connect({
      endpoints: [fake.endpoint],
      credentials: { username: "root@pam", password },
      tls: { fingerprints: [certificate.fingerprint] },
      clock,
    });
  return { fake, clock, world: new FakeTasks(fake, clock), another };
}
