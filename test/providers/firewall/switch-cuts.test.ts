import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { halting } from "../../../providers/firewall/guard/switch-files";
import { cluster, ScriptNode, theArming } from "./script-node";

const programs = ["mv", "cp", "cmp", "rm", "touch", "sleep", "flock", "systemctl"];

/** What becomes of one command of a script, and of the script with it. */
const cuts = {
  "fails before it has done anything": "exit 2",
  "is done, and the script is killed": '"$real" "$@"; kill -9 $PPID; exit 1',
  "comes when the cluster file system has gone": '/bin/mv "$root/etc/pve" "$root/gone"; exec "$real" "$@"',
  "is done, and the cluster file system has gone":
    '"$real" "$@"; code=$?; /bin/mv "$root/etc/pve" "$root/gone"; exit $code',
} as const;

/** What the node has when a script begins. */
const starts: Record<string, { readonly isNew: boolean; prepare(node: ScriptNode): void }> = {
  "a change that was noted": {
    isNew: false,
    prepare: (node) => node.write(node.files.written, "changed\n"),
  },
  "a change that nobody has noted": { isNew: false, prepare: () => undefined },
  "a file that was not there before": { isNew: true, prepare: () => undefined },
  "a firewall that was stopped meanwhile": {
    isNew: false,
    prepare: (node) => assert.equal(node.run(halting(theArming)).status, 0),
  },
};

describe("a script that puts a firewall back, cut at each of its commands", function () {
  this.timeout(600_000);
  let node: ScriptNode;
  beforeEach(() => void (node = new ScriptNode()));
  afterEach(() => node.close());

  /** Each command counts itself; the one that was asked for comes to grief, once. */
  function cutAt(number: number, text: string): void {
    node.write("/count", "0\n");
    for (const name of programs) {
      const real = ["systemctl", "sleep"].includes(name) ? node.at(`/bin/own-${name}`) : `/usr/bin/${name}`;
      node.program(
        name,
        `root=${node.root}; real=${real}; read -r count < "$root/count"\necho $((count + 1)) > "$root/count"\nif test $((count + 1)) -eq ${number}; then\n${text}\nfi\nexec "$real" "$@"`,
      );
    }
  }
  const isCut = (number: number): boolean => Number(node.read("/count")) >= number;

  for (const [start, { isNew, prepare }] of Object.entries(starts))
    for (const [cut, text] of Object.entries(cuts))
      it(`puts it back in the end: ${start}, and a command ${cut}`, () => {
        let number = 0;
        for (let reached = true; reached;) {
          number++;
          node.clear();
          node.write(node.files.armed, isNew ? "" : "old\n");
          node.write(cluster, "changed\n");
          prepare(node);
          node.program("own-systemctl", `echo "$*" >> ${node.at("/systemctl")}`);
          node.program("own-sleep", "exit 0");
          cutAt(number, text);
          node.restore(isNew);
          reached = isCut(number);
          cutAt(0, "exit 0");
          // It is mounted again, with what was in it.
          if (existsSync(node.at("/gone"))) node.remount("/gone");
          const again = node.restore(isNew);
          const words = `command ${number}: ${again.stdout}${again.stderr}`;
          assert.equal(again.status, 0, words);
          assert.equal(node.read(cluster), isNew ? undefined : "old\n", words);
          assert.deepEqual(
            [node.read(node.files.kept), node.read(node.files.armed), node.read(node.files.restoring)],
            [undefined, undefined, undefined],
          );
          assert.notEqual(node.read(node.files.restored), undefined, words);
          if (/^stop pve-firewall/m.test(node.halts))
            assert.match(node.halts, /stop pve-firewall\.service[^]*start pve-firewall\.service/, words);
        }
        assert.ok(number > 4, `${number} commands were cut`);
      });
});
