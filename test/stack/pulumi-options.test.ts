import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { projectRoot } from "../../cli/project";
import { startSimulator, type Simulator } from "../../simulator";
import { debianImage, debianTemplate, DescribedStack, vm, type Described } from "../support/described";
import { guestsOf, labWorld } from "../support/lab";
import { counts, failed, ok } from "../support/results";
import type { CommandResult } from "../support/stack";

const page = fs.readFileSync(path.join(projectRoot, "docs", "pulumi-options.md"), "utf8");
/** What the page tells about: the first column of its tables. */
const told = [...page.matchAll(/^\| (`[^|]*`[^|]*) \|/gm)].map(([, cell = ""]) => cell.trim());

const pool = (name: string, args: Record<string, unknown> = {}, options?: Record<string, unknown>): Described => ({
  ...{ kind: "Pool", name, args: { poolId: name, ...args } },
  ...(options ? { options } : {}),
});
const secretSignature = "4dabf18193072939515e22adb298388d";

/** The URN of what stands at the top of the program. */
const urn = (kind: string, name: string): string =>
  `urn:pulumi:test::described::pulumi-nodejs:dynamic/proxmox:${kind}::${name}`;

describe("each option and command of docs/pulumi-options.md, on one stack", () => {
  let sim: Simulator;
  let lab: DescribedStack;
  const covered: string[] = [];
  /** What the program describes, by name; changed from step to step. */
  const program = new Map<string, Described>();
  const show = (...resources: Described[]): void => {
    for (const one of resources) program.set(one.name, one);
    lab.describe([...program.values()]);
  };
  const drop = (...names: string[]): void => {
    for (const name of names) program.delete(name);
    lab.describe([...program.values()]);
  };
  const pools = (): Record<string, { comment?: string }> => Object.values(sim.world.clusters)[0]?.pools ?? {};
  const machine = () => Object.entries(guestsOf(sim)).find(([, { config }]) => config["template"] !== "1");
  /** The step's requests that changed pools, in their order, by the pool that they name. */
  let requests: { readonly method: string; readonly pool: string }[] = [];
  const methods = (...names: string[]): string[] =>
    requests.filter(({ pool: name }) => names.includes(name)).map(({ method }) => method);
  /** What the step's last command printed, and what the engine counted. */
  let output = "";
  let summary: Record<string, number> = {};

  /** One command or several after a change of the program, and the lines of the page that are seen by them. */
  const step = (
    what: string,
    run: () => Promise<CommandResult>,
    lines: Readonly<Record<string, () => unknown>>,
  ): void => {
    describe(what, () => {
      before(async () => {
        const { length } = sim.requests;
        const result = await run();
        output = result.stdout + result.stderr;
        summary = counts(result);
        requests = sim.requests.slice(length).flatMap(({ method, path: at, params }) => {
          const name = (params as { poolid?: string } | undefined)?.poolid ?? at.split("/").at(-1);
          return method === "GET" || !at.includes("/pools") ? [] : [{ method, pool: name ?? "" }];
        });
      });
      for (const [name, test] of Object.entries(lines)) {
        covered.push(name);
        it(name, () => test() as Promise<void>);
      }
    });
  };
  const state = async () => (await lab.stack.export()).resources ?? [];

  before(async () => {
    sim = await startSimulator({ seed: labWorld() });
    for (const one of [debianImage, debianTemplate, vm("web")]) program.set(one.name, one);
    lab = await DescribedStack.create(sim, []);
  });
  after(async () => {
    await lab.stack.close();
    await sim.close();
  });

  step(
    "a first up",
    async () => {
      show(pool("team"), pool("other"), pool("noted"), pool("moved", { poolId: "first" }), pool("forgotten"));
      show(pool("named"), pool("taken"));
      show(pool("z-first"), pool("a-second", {}, { dependsOn: ["z-first"] }));
      show(pool("shaped", { comment: "written" }, { transform: { comment: "by a transformation" } }));
      show(pool("quick", {}, { customTimeouts: { create: "1ms" } }));
      show(pool("secret", { comment: "hidden" }, { additionalSecretOutputs: ["comment"] }));
      show(pool("kept", {}, { protect: true }), pool("left", {}, { retainOnDelete: true }));
      show(pool("whole"), pool("part", {}, { deletedWith: "whole" }));
      return ok(await lab.stack.up());
    },
    {
      "`dependsOn`": () => {
        const ids = requests.filter(({ method }) => method === "POST").map(({ pool: id }) => id);
        assert.ok(ids.includes("z-first") && ids.indexOf("z-first") < ids.indexOf("a-second"), String(ids));
      },
      "`transforms`": () => assert.equal(pools()["shaped"]?.comment, "by a transformation"),
      "`customTimeouts`": () => assert.ok(pools()["quick"]),
      "`additionalSecretOutputs`": async () => {
        const outputs = (await state()).find((one) => one.urn === urn("Pool", "secret"))?.outputs;
        assert.ok(JSON.stringify(outputs?.["comment"]).includes(secretSignature));
      },
    },
  );

  step(
    "a preview of a template that gets another name, and of a VM that is cloned from it",
    async () => {
      const old = { ...debianTemplate, options: { ignoreChanges: ["image"] } };
      const { imageVolumeId: image, ...others } = debianTemplate.args;
      show({ ...old, args: { ...others, imageVolumeId: "local:import/other.qcow2" } });
      assert.match(failed(await lab.stack.preview()), /imageVolumeId: there is no local:import\/other\.qcow2/);
      show({ ...old, args: { ...others, image } });
      assert.match(failed(await lab.stack.preview()), /imageVolumeId: is required/);
      show({ ...debianTemplate, args: { ...debianTemplate.args, name: "renamed" } });
      assert.equal(counts(ok(await lab.stack.preview()))["update"], 1);
      show(vm("web", { memoryMiB: 2048 }));
      const result = ok(await lab.stack.preview("--diff"));
      show(debianTemplate, vm("web"));
      return result;
    },
    {
      "`pulumi preview`, `pulumi preview --diff`": () => {
        assert.match(output, /^Template debian-12: live: name$/m);
        assert.match(output, /^Vm web: reboot: memoryMiB$/m);
        assert.match(output, /template: 20\d\d => \[unknown\]/);
        assert.equal(summary["update"], 2);
      },
    },
  );

  let vmid: string | undefined;
  step(
    "an up of changes that the options turn",
    async () => {
      [vmid] = machine() ?? [];
      drop("web", "left", "whole", "part");
      show({ ...vm("www"), options: { aliases: [{ name: "web" }] } });
      show(pool("other", {}, { parent: "team", aliases: [urn("Pool", "other")] }));
      show(pool("team", { comment: "new" }, { ignoreChanges: ["comment"] }));
      show(pool("noted", { comment: "new" }, { replaceOnChanges: ["comment"] }), pool("moved", { poolId: "second" }));
      return ok(await lab.stack.up());
    },
    {
      "`aliases`": () => {
        assert.equal(machine()?.[0], vmid);
        assert.equal(machine()?.[1].config["name"], "www");
      },
      "`parent`": async () => {
        assert.deepEqual(methods("other"), []);
        const { urn: now = "" } = (await state()).find(({ urn: one }) => one.endsWith("::other")) ?? {};
        assert.match(now, /Pool\$.*Pool::other$/);
      },
      "`ignoreChanges`": () => assert.equal(pools()["team"]?.comment, undefined),
      "`replaceOnChanges`": () => assert.deepEqual(methods("noted"), ["PUT"]),
      "`retainOnDelete`": () => {
        assert.deepEqual(methods("left"), []);
        assert.ok(pools()["left"]);
      },
      "`deletedWith`": () => {
        assert.deepEqual(methods("whole", "part"), ["DELETE"]);
        assert.ok(pools()["part"] && !pools()["whole"]);
      },
    },
  );

  step(
    "an up of which a part fails",
    async () => {
      // Unless told otherwise the new one is there before the old one goes.
      assert.deepEqual(methods("first", "second"), ["POST", "DELETE"]);
      show(pool("moved", { poolId: "third" }, { deleteBeforeReplace: true }));
      show(pool("slow", { timeouts: { create: "1ms" } }));
      const result = await lab.stack.up("--continue-on-error");
      assert.match(failed(result), /1 ?ms|time/i);
      return result;
    },
    { "`deleteBeforeReplace`": () => assert.deepEqual(methods("second", "third"), ["DELETE", "POST"]) },
  );

  step(
    "an up that imports, after another resource was forgotten",
    async () => {
      drop("slow");
      show(pool("imported", { poolId: "other" }, { import: "other" }));
      ok(await lab.stack.command("state", "delete", urn("Pool", "forgotten"), "--yes"));
      const result = await lab.stack.up();
      failed(result);
      return result;
    },
    {
      "`import`": () => {
        assert.match(output, /"imported": import: dynamic resources cannot be imported; write adopt: true/);
        assert.deepEqual(requests, []);
      },
    },
  );

  step(
    "an up after the state was changed by hand",
    async () => {
      assert.match(output, /pool forgotten exists already; set adopt: true/);
      drop("imported", "named", "taken");
      ok(await lab.stack.command("state", "rename", urn("Pool", "named"), "renamed", "--yes"));
      ok(await lab.stack.otherStack("taking"));
      const move = ["state", "move", "--source", "test", "--dest", "taking", urn("Pool", "taken"), "--yes"];
      ok(await lab.stack.ofProject(...move));
      show(pool("renamed", { poolId: "named" }), pool("forgotten", { adopt: true }));
      return ok(await lab.stack.up());
    },
    {
      "`pulumi state delete`": () => {
        assert.equal(summary["create"], 1);
        assert.deepEqual(methods("forgotten"), []);
      },
      "`pulumi state rename`": () => {
        assert.deepEqual(methods("named"), []);
        assert.ok(pools()["named"] && !pools()["renamed"]);
        assert.deepEqual([summary["delete"], summary["replace"]], [undefined, undefined]);
      },
      "`pulumi state move`": async () => {
        assert.deepEqual(methods("taken"), []);
        lab.describe([pool("taken")]);
        const { length } = sim.requests;
        const taking = ["up", "--yes", "--skip-preview", "--stack", "taking"] as const;
        const told = counts(ok(await lab.stack.start(...taking).done));
        show();
        // The stack, which came along, and the pool, which is told of by its new name.
        assert.deepEqual(told, { same: 1, update: 1 });
        assert.ok(!sim.requests.slice(length).some(({ method }) => method !== "GET"));
      },
    },
  );

  step(
    "an import by the command, and what a preview then says",
    async () => {
      const type = "pulumi-nodejs:dynamic/proxmox:Pool";
      assert.match(failed(await lab.stack.command("import", type, "x", "team", "--yes")), /error/);
      const shaped = pools()["shaped"];
      assert.ok(shaped);
      shaped.comment = "by hand";
      return ok(await lab.stack.preview());
    },
    {
      "`pulumi import`": () => {
        assert.deepEqual(requests, []);
        assert.deepEqual(Object.keys(summary), ["same"]);
      },
    },
  );

  step("a deletion of what is protected", () => lab.stack.destroy("--target", urn("Pool", "kept")), {
    "`protect`": () => {
      assert.match(output, /protect/);
      assert.ok(pools()["kept"]);
    },
  });

  step("a deletion of the rest", () => lab.stack.start("destroy", "--preview-only", "--exclude-protected").done, {
    "`pulumi destroy --exclude-protected`": () => {
      assert.doesNotMatch(output, /Pool\s+kept\s+delete/);
      assert.match(output, /other\s+delete/);
    },
  });

  step(
    "a look at what somebody has changed",
    // The preview before this one did not see it.
    async () => ok(await lab.stack.preview("--refresh")),
    {
      "`pulumi preview --refresh`": () => {
        assert.equal(summary["update"], 1);
        assert.deepEqual(requests, []);
      },
    },
  );

  step(
    "the same in the state, and put back",
    async () => {
      assert.equal(counts(ok(await lab.stack.refresh()))["update"], 1);
      assert.equal(pools()["shaped"]?.comment, "by hand");
      return ok(await lab.stack.up("--refresh"));
    },
    {
      "`pulumi refresh`, `pulumi up --refresh`": () => {
        assert.equal(summary["update"], 1);
        assert.equal(pools()["shaped"]?.comment, "by a transformation");
        assert.deepEqual(methods("shaped"), ["PUT"]);
      },
    },
  );

  step(
    "an up of one resource, and one of all others",
    async () => {
      show(pool("team", { comment: "one" }), pool("noted", { comment: "two" }));
      ok(await lab.stack.up("--target", urn("Pool", "team")));
      assert.deepEqual([pools()["team"]?.comment, pools()["noted"]?.comment], ["one", "new"]);
      show(pool("team", { comment: "three" }));
      [vmid] = machine() ?? [];
      return ok(await lab.stack.up("--exclude", urn("Pool", "team"), "--replace", urn("Vm", "www")));
    },
    {
      "`pulumi up --target`, `--exclude`": () =>
        assert.deepEqual([pools()["team"]?.comment, pools()["noted"]?.comment], ["one", "two"]),
      "`pulumi up --replace`": () => {
        assert.ok(machine() && machine()?.[0] !== vmid);
        assert.equal(guestsOf(sim)[vmid ?? ""], undefined);
      },
    },
  );

  step(
    "an up of one resource that is made anew",
    async () => {
      [vmid] = machine() ?? [];
      return ok(await lab.stack.up("--target-replace", urn("Vm", "www")));
    },
    {
      "`pulumi up --target-replace`": () => {
        assert.ok(machine() && machine()?.[0] !== vmid);
        assert.equal(guestsOf(sim)[vmid ?? ""], undefined);
        assert.equal(pools()["team"]?.comment, "one");
      },
    },
  );

  step(
    "a deletion of two resources, one of which is protected no more",
    async () => {
      [vmid] = machine() ?? [];
      ok(await lab.stack.command("state", "unprotect", urn("Pool", "kept"), "--yes"));
      return ok(await lab.stack.destroy("--target", urn("Pool", "kept"), "--target", urn("Vm", "www")));
    },
    {
      "`pulumi state unprotect`": () => assert.equal(pools()["kept"], undefined),
      "`pulumi destroy --target`": () => {
        assert.equal(guestsOf(sim)[vmid ?? ""], undefined);
        assert.ok(pools()["team"]);
      },
    },
  );

  step("a deletion of all", () => lab.stack.destroy().then(ok), {
    // What was adopted goes too; what was let go of, or moved to another stack, does not.
    "`pulumi destroy`": () => {
      assert.deepEqual(guestsOf(sim), {});
      assert.deepEqual(Object.keys(pools()).sort(), ["left", "part", "taken"]);
    },
  });

  /** Lines with a life of their own elsewhere. */
  const elsewhere: Readonly<Record<string, [file: string, title: string]>> = {
    "`provider`, `providers`": ["test/stack/two-clusters.test.ts", "two clusters"],
    "`pulumi cancel`": ["test/stack/crash.test.ts", "cancel"],
  };

  it("are all that the page tells about", () => {
    assert.deepEqual([...told].sort(), [...covered, ...Object.keys(elsewhere)].sort());
    for (const [file, title] of Object.values(elsewhere))
      assert.ok(fs.readFileSync(path.join(projectRoot, file), "utf8").includes(title), file);
  });
});
