import assert from "node:assert/strict";
import fc from "fast-check";
import { KilledRotation } from "../../../support/killed-rotation";
import { long } from "../../../support/sample";

type Props = Record<string, unknown>;

const at = (name: string): string => `/etc/logrotate.d/${name}`;
const foreign: Readonly<Record<string, string>> = {
  [at("plain")]: "/var/log/pveam.log {\n  weekly\n}\n",
  [at("scripts")]: "/var/log/own/*.log {\n  postrotate\n    /bin/true\n  endscript\n}\n",
  [at("broken")]: "/var/log/broken {\n",
  [at("ours-elsewhere")]:
    "# Written by pulumi-proxmox-cluster for 0123456789abcdef01234567; changes are overwritten\n/var/log/x\n{\n}\n",
  "/etc/pulumi-logrotate-waits": "theirs\n",
  "/etc/fstab": "theirs\n",
};
const names = ["app", "app", "db", "plain", "plain", "scripts", "broken", "ours-elsewhere", "waits", "pve", "apt"];
const logs = [
  ["/var/log/pve/*.log"],
  ["/var/log/db/*.log", "/var/log/x"],
  ["/var/log/ceph/a.log"],
  ["/var/log/pveam.log"],
  ["/var/log/pve/*.log", "/var/log/pveproxy/access.log"],
];
/** Packages' files, none of which is among those of the world until it is changed or removed. */
const packaged = [at("pve"), at("apt"), "/etc/logrotate.conf"];

const actions = fc.record({
  act: fc.constantFrom("create", "create", "create", "update", "delete", "rewrite", "refresh"),
  name: fc.constantFrom(...names),
  adopt: fc.boolean(),
  logs: fc.constantFrom(...logs),
  user: fc.constantFrom("root", "root", "root", "nosuch"),
  rotate: fc.integer({ min: 1, max: 5 }),
  kill: fc.oneof({ weight: 2, arbitrary: fc.constant(0) }, fc.integer({ min: 1, max: 14 })),
});

const plainly = { name: "app", adopt: false, logs: ["/var/log/pve/*.log"], user: "root", rotate: 2, kill: 0 };

describe("files of logrotate that somebody else has written", () => {
  it("are never changed and never removed, whatever is made, changed, deleted and killed beside them", async () => {
    const lab = await KilledRotation.start();
    const ended = new Set<string>();
    try {
      await fc.assert(
        fc.asyncProperty(fc.array(actions, { minLength: 2, maxLength: 8 }), async (steps) => {
          lab.reset(foreign);
          const theirs = new Map(Object.entries(foreign));
          const states = new Map<string, { id: string; outs: Props }>();
          for (const { act, name: given, adopt, logs: wanted, user, rotate, kill } of steps) {
            // What is there is changed, not what nobody has made.
            const name = act === "create" ? given : ([...states.keys()][rotate % states.size] ?? given);
            const inputs = lab.inputs(name, { logs: wanted, rotate, adopt, su: { user, group: "root" } });
            const known = states.get(name);
            if (act === "rewrite") {
              // Somebody takes a file of ours for themselves.
              if (known === undefined) continue;
              theirs.set(at(name), `# by hand\n${foreign[at("plain")]}`);
              lab.write(at(name), theirs.get(at(name)) ?? "");
              continue;
            }
            const work = async (process: ReturnType<KilledRotation["process"]>) => {
              if (act === "create" && known === undefined) states.set(name, await process.create(inputs));
              else if (known === undefined) return;
              else if (act === "delete") {
                await process.delete(known.id, known.outs);
                states.delete(name);
              } else if (act === "refresh") await process.read(known.id, known.outs);
              else states.set(name, { id: known.id, ...(await process.update(known.id, known.outs, inputs)) });
            };
            const failed = await lab.killedAt(kill, work);
            if (known !== undefined || act === "create") ended.add(`${act} ${failed ? "failed" : "done"}`);
            const now = lab.files();
            for (const [file, text] of theirs) {
              if (now[file] === text) continue;
              // Only what adopt names, and only when it is made.
              const isTaken =
                act === "create" && known === undefined && adopt && file === at(name) && !/postrotate/.test(text);
              assert.ok(
                isTaken && now[file] !== undefined,
                `${act} ${name} has changed ${file}: ${now[file] ?? "gone"}`,
              );
              theirs.delete(file);
              ended.add("taken over");
            }
            for (const file of packaged) assert.equal(now[file], undefined, `${act} ${name} has changed ${file}`);
          }
        }),
        {
          ...{ numRuns: long ? 400 : 40, seed: 7 },
          examples: [
            [["create", "rewrite", "delete"].map((act) => ({ ...plainly, act }))],
            [["create", "rewrite", "update"].map((act) => ({ ...plainly, act }))],
          ],
        },
      );
    } finally {
      await lab.close();
    }
    const always = ["create done", "create failed", "update done", "taken over"];
    for (const one of [...always, ...(long ? ["update failed", "delete done", "refresh failed"] : [])])
      assert.ok(ended.has(one), `${one} among ${[...ended].join(", ")}`);
    assert.deepEqual(
      lab.sim.sshRecords.filter(({ unbuilt }) => unbuilt).map(({ what }) => what),
      [],
    );
  });
});
