import assert from "node:assert/strict";
import { sampled } from "../../../support/sample";
import { KilledRotation } from "../../../support/killed-rotation";

const file = "/etc/logrotate.d/app";
const theirs = "/var/log/pveam.log {\n  weekly\n}\n";
const args = { logs: ["/var/log/pve/*.log", "/var/log/pveam.log"], frequency: "daily", rotate: 7 };

const momentsUpTo = (last: number, every: number): readonly number[] =>
  sampled(
    Array.from({ length: last }, (_, at) => at + 1),
    every,
    1,
  );

describe("what a run was doing to a log rotation when it was killed", () => {
  let lab: KilledRotation;
  before(async () => (lab = await KilledRotation.start()));
  after(() => lab.close());

  /** Kills the work at each of its moments; then the next run does it, and ends as if nothing had been. */
  async function atEach(
    prepare: () => Promise<void>,
    work: (process: ReturnType<KilledRotation["process"]>) => Promise<unknown>,
    meanwhile: (files: Record<string, string>) => void,
    every = 2,
  ): Promise<number> {
    await prepare();
    const moments = await lab.momentsIn(() => work(lab.process()));
    const whole = lab.files();
    let killed = 0;
    const chosen = momentsUpTo(moments, every);
    for (const moment of chosen) {
      await prepare();
      if (await lab.killedAt(moment, work)) killed++;
      meanwhile(lab.files());
      await work(lab.process());
      assert.deepEqual(lab.files(), whole, `${moment} of ${moments}`);
    }
    assert.ok(killed >= chosen.length - 2, `${killed} of ${chosen.length}`);
    return moments;
  }

  it("comes to its end in the next run, at whichever command: making one", async () => {
    const whole = new Set<string | undefined>();
    const moments = await atEach(
      async () => lab.reset(),
      (process) => process.create(lab.inputs("app", args)),
      (files) => whole.add(files[file]),
      1,
    );
    assert.ok(moments >= 8, String(moments));
    // Never half of it.
    assert.equal([...whole].filter((text) => text !== undefined).length, 1);
  });

  it("comes to its end also where a file of somebody else's is taken over, which is whole until ours is", async () => {
    const seen = new Set<string | undefined>();
    await atEach(
      async () => lab.reset({ [file]: theirs }),
      (process) => process.create(lab.inputs("app", { ...args, adopt: true })),
      (files) => seen.add(files[file]),
    );
    assert.equal(seen.size, 2);
    assert.ok(seen.has(theirs));
  });

  it("leaves the file that was to be taken over whole where logrotate refuses what would replace it, at whichever command", async () => {
    const taken = lab.inputs("app", { ...args, logs: [...args.logs, "/var/log/alternatives.log"], adopt: true });
    const prepare = () => lab.reset({ [file]: theirs });
    const refused = (process: ReturnType<KilledRotation["process"]>) =>
      assert.rejects(process.create(taken), /which is as it was|killed/);
    prepare();
    const moments = await lab.momentsIn(() => refused(lab.process()));
    const whole = lab.files();
    assert.deepEqual(whole, { [file]: theirs });
    for (const moment of momentsUpTo(moments, 1)) {
      prepare();
      await lab.killedAt(moment, refused);
      const kept = lab.files();
      assert.ok([kept[file], kept["/etc/pulumi-logrotate-app.before"]].includes(theirs), `${moment} of ${moments}`);
      await refused(lab.process());
      assert.deepEqual(lab.files(), whole, `${moment} of ${moments}`);
    }
  });

  it("gives back what was to be taken over where the run that did it was killed, and the resource goes", async () => {
    const taken = lab.inputs("app", { ...args, adopt: true });
    const prepare = () => lab.reset({ [file]: theirs });
    prepare();
    const moments = await lab.momentsIn(() => lab.process().create(taken));
    const { id, outs } = await lab.process().create(taken);
    const ends = new Set<string | undefined>();
    for (const moment of momentsUpTo(moments, 1)) {
      prepare();
      await lab.killedAt(moment, (process) => process.create(taken));
      await lab.process().delete(id, { ...outs, __awaited: true });
      ends.add(lab.files()[file]);
      assert.deepEqual(
        Object.keys(lab.files()).filter((name) => name.endsWith(".before")),
        [],
        String(moment),
      );
    }
    // Only what was proved is its own.
    assert.deepEqual([...ends], [theirs, undefined]);
  });

  it("comes to its end in a change, and in one that logrotate refuses nothing of it is left", async () => {
    const made = { id: "", outs: {} as Record<string, unknown> };
    const prepare = async () => {
      lab.reset();
      Object.assign(made, await lab.process().create(lab.inputs("app", args)));
    };
    const changed = lab.inputs("app", { ...args, rotate: 9 });
    await atEach(
      prepare,
      (process) => process.update(made.id, made.outs, changed),
      () => undefined,
    );

    await prepare();
    const whole = lab.files();
    const taken = lab.inputs("app", { ...args, logs: [...args.logs, "/var/log/alternatives.log"] });
    const refused = (process: ReturnType<KilledRotation["process"]>) =>
      assert.rejects(process.update(made.id, made.outs, taken), /already|killed/);
    const moments = await lab.momentsIn(() => refused(lab.process()));
    assert.deepEqual(lab.files(), whole);
    for (const moment of momentsUpTo(moments, 2)) {
      await prepare();
      await lab.killedAt(moment, refused);
      await refused(lab.process());
      assert.deepEqual(lab.files(), whole, `${moment} of ${moments}`);
    }
  });

  it("comes to its end in a deletion, with what a killed creation has left beside the place", async () => {
    const made = { id: "", outs: {} as Record<string, unknown> };
    await atEach(
      async () => {
        lab.reset();
        Object.assign(made, await lab.process().create(lab.inputs("app", args)));
        lab.write("/etc/pulumi-logrotate-app", lab.files()[file] ?? "");
      },
      (process) => process.delete(made.id, made.outs),
      () => undefined,
    );
    assert.deepEqual(lab.files(), {});
  });
});
