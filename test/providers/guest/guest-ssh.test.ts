import assert from "node:assert/strict";
import { ProxmoxError, type Clock, type Connection, type Ssh } from "../../../pve";
import { GuestIsSilent } from "../../../providers/guest/guest-shell";
import { GuestSsh } from "../../../providers/guest/guest-ssh";
import { Pve } from "../../../providers/kernel/session/pve-session";
import { loneCall } from "../../support/lone-call";

type SshResult = Awaited<ReturnType<Ssh["exec"]>>;

const uuid = "11111111-2222-4333-8444-555555555555";

/** Time passes only where somebody waits. */
class WaitedClock implements Clock {
  private at = 0;
  readonly pauses: number[] = [];
  now = (): number => this.at;
  sleep = async (ms: number, signal?: AbortSignal): Promise<void> => {
    signal?.throwIfAborted();
    this.pauses.push(ms);
    this.at += ms;
  };
}

/** A guest whose SSH answers the logins one after the other; the last answer stays. */
class Guest {
  readonly clock = new WaitedClock();
  /** When it was asked, in seconds since the first time. */
  readonly logins: number[] = [];
  remainingMs = 900_000;

  constructor(private readonly answers: readonly (ProxmoxError | SshResult)[]) {}

  shell(user = "root"): GuestSsh {
    const signal = new AbortController().signal;
    const exec = async (): Promise<SshResult> => {
      const answer = this.answers[Math.min(this.logins.length, this.answers.length - 1)];
      this.logins.push(this.clock.now() / 1000);
      if (answer === undefined || answer instanceof ProxmoxError) throw answer ?? new Error("nothing to answer");
      return answer;
    };
    const connection = { clock: this.clock, transport: { context: { signal } } } as unknown as Connection;
    return new GuestSsh({
      pve: new Pve(connection, {} as Pve["process"]),
      call: { ...loneCall("web", signal), remainingMs: () => this.remainingMs },
      ssh: { user, exec } as unknown as Ssh,
      name: "VM web",
      vm: { uuid, address: "10.0.0.9", setting: "ssh.address", assertSame: async () => undefined },
    });
  }

  /** Seconds from each login to the next one. */
  get gaps(): number[] {
    return this.logins.slice(1).map((at, index) => at - (this.logins[index] ?? 0));
  }
}

const failure = (kind: "unauthenticated" | "unavailable") => new ProxmoxError({ kind, message: `SSH: ${kind}` });
const refused = failure("unauthenticated");
const isUp: SshResult = { code: 0, stdout: `${uuid.toUpperCase()}\n`, stderr: "" };
const many = (count: number): ProxmoxError[] => Array.from({ length: count }, () => refused);

describe("logins to a guest that refuses them", () => {
  it("are spaced out, each further than the one before, up to half a minute", async () => {
    const guest = new Guest([...many(20), isUp]);
    await guest.shell().ready(3_600_000);
    assert.equal(guest.logins.length, 21);
    // The pace of a guest that boots comes on top: a quarter of a second, then more, up to five.
    guest.gaps.forEach((gap, index) => {
      const least = Math.min(2 * (index + 1), 30);
      assert.ok(gap >= least && gap <= least + 5, `${gap} s before login ${index + 2}, not ${least} to ${least + 5}`);
    });
  });

  it("never add up to what sshd shuts out for: 15 s of penalties, 5 s for each refusal (PerSourcePenalties)", async () => {
    const guest = new Guest([refused]);
    await assert.rejects(guest.shell().ready(600_000), GuestIsSilent);
    let endsAt = 0;
    for (const at of guest.logins) {
      endsAt = Math.max(endsAt, at) + 5;
      assert.ok(endsAt - at < 15, `${endsAt - at} s of penalties at ${at} s`);
    }
    assert.ok(guest.logins.length > 10, `${guest.logins.length} logins`);
  });

  it("are not what a guest that is not there yet is asked with: it is asked at the pace of a boot", async () => {
    const guest = new Guest([...Array.from({ length: 10 }, () => failure("unavailable")), isUp]);
    await guest.shell().ready(3_600_000);
    assert.ok(Math.max(...guest.gaps) <= 5, guest.gaps.join());
    assert.ok((guest.gaps[0] ?? 0) < 1, guest.gaps.join());
  });

  it("count by themselves: what it did not answer in between makes the next pause no longer", async () => {
    const guest = new Guest([refused, failure("unavailable"), failure("unavailable"), refused, isUp]);
    await guest.shell().ready(3_600_000);
    const [first, , , fourth] = guest.gaps;
    assert.ok(first !== undefined && first >= 2 && first < 4, guest.gaps.join());
    assert.ok(fourth !== undefined && fourth >= 4 && fourth < 6, guest.gaps.join());
  });

  it("are one alone where there is no time to wait, and nobody waits after it", async () => {
    const guest = new Guest([refused]);
    await assert.rejects(guest.shell().ready(0), GuestIsSilent);
    assert.deepEqual([guest.logins, guest.clock.pauses], [[0], []]);
  });

  it("keep nobody beyond the end of the operation", async () => {
    const guest = new Guest([refused]);
    guest.remainingMs = 1_500;
    await assert.rejects(guest.shell().ready(600_000), GuestIsSilent);
    assert.ok(guest.clock.now() <= 2_000, String(guest.clock.now()));
  });

  it("end as soon as it lets in whom it has to, and nothing is done in another machine", async () => {
    const guest = new Guest([refused, { ...isUp, stdout: "99999999-2222-4333-8444-555555555555" }]);
    await assert.rejects(
      guest.shell().ready(600_000),
      /is not VM web: it says that its uuid is 9{8}-.*nothing was done/,
    );
    assert.equal(guest.logins.length, 2);
  });
});
