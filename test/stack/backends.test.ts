import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { startSimulator, type Simulator } from "../../simulator";
import { DescribedStack, type Described } from "../support/described";
import { eventually } from "../support/eventually";
import { labWorld } from "../support/lab";
import { counts, failed, ok } from "../support/results";
import { startPostgres, startS3, type StateServer } from "../support/state-servers";

const pool = (name: string): Described => ({ kind: "Pool", name, args: { poolId: name } });

describe("a state where teams keep it, with the real engine", function () {
  let sim: Simulator;
  let server: StateServer | undefined;
  const held: (() => void)[] = [];
  const stacks: DescribedStack[] = [];
  /** What the first backend held, for the move to the others. */
  let exported: string | undefined;

  before(async () => {
    sim = await startSimulator({ seed: labWorld(), clock: "immediate" });
    // A request that is late waits until the test lets it go on.
    sim.clock.sleep = () => new Promise<void>((resolve) => held.push(resolve));
  });
  afterEach(async () => {
    for (const { stack } of stacks.splice(0)) await stack.close();
    await server?.stop();
    server = undefined;
  });
  after(() => sim.close());

  const folder = (): StateServer => {
    const place = fs.mkdtempSync(path.join(os.tmpdir(), "state-"));
    return {
      env: { PULUMI_BACKEND_URL: `file://${place}` },
      stop: async () => fs.rmSync(place, { recursive: true }),
    };
  };
  /** As `pulumi stack export --file F` and `pulumi stack import --file F` on two backends. */
  async function moved({ stack }: DescribedStack): Promise<void> {
    const file = path.join(stack.folder, "moved.json");
    if (exported !== undefined) {
      fs.writeFileSync(file, exported);
      ok(await stack.command("stack", "import", "--file", file));
    } else {
      ok(await stack.up());
      ok(await stack.command("stack", "export", "--file", file));
      exported = fs.readFileSync(file, "utf8");
    }
  }
  const posts = () => sim.requests.filter(({ method, path: at }) => method === "POST" && at === "/pools");
  const pools = () => Object.keys(Object.values(sim.world.clusters)[0]?.pools ?? {}).sort();

  for (const [kind, start] of [
    ["a file", async () => folder()],
    ["S3", startS3],
    ["PostgreSQL", startPostgres],
  ] as const)
    it(`on ${kind}: of two runners one is refused, told whose lock it is, and nothing is lost`, async function () {
      server = await start();
      if (!server) return this.skip();
      const made = `late-${kind.toLowerCase().replace("a ", "")}`;
      const open = async (resources: Described[], env = {}): Promise<DescribedStack> => {
        const one = await DescribedStack.create(sim, resources, {}, { ...server?.env, ...env });
        stacks.push(one);
        return one;
      };
      const lab = await open([pool("team")]);
      await moved(lab);
      assert.deepEqual(counts(ok(await lab.stack.up())), { same: 2 }, "the same stack as on the backend before");

      lab.describe([pool("team"), pool(made)]);
      sim.simulation.faults.add({ route: "POST /pools", count: 1, effect: { kind: "latency", ms: 1 } });
      const before = posts().length;
      const first = lab.stack.start("up", "--yes", "--skip-preview");
      await eventually("the first runner is at work", () => held.length === 1);
      const asked = sim.requests.length;
      const told = failed(await lab.stack.up());
      assert.match(told, /the stack is currently locked by 1 lock\(s\)/);
      assert.match(told, new RegExp(`created by ${os.userInfo().username}@${os.hostname()} \\(pid ${first.pid}\\)`));
      assert.equal(sim.requests.length, asked, "the second runner has asked and changed nothing");
      assert.deepEqual(counts(await lab.stack.preview()), { same: 2, create: 1 }, "looking is nobody's to refuse");

      held.pop()?.();
      assert.deepEqual(counts(ok(await first.done)), { same: 2, create: 1 });
      assert.deepEqual(counts(ok(await lab.stack.up())), { same: 3 }, "the second one's turn");
      assert.equal(posts().length, before + 1);
      assert.ok(pools().includes(made));
      const { resources = [] } = await lab.stack.export();
      const recorded = resources.filter(({ type }) => type.endsWith(":Pool")).map(({ id }) => id);
      assert.deepEqual(recorded.sort(), [made, "team"]);

      // For the next backend.
      lab.describe([pool("team")]);
      assert.deepEqual(counts(ok(await lab.stack.up())), { same: 2, delete: 1 });
    });
});
