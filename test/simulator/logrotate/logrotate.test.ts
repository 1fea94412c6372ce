import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { glob } from "../../../simulator/logrotate/glob.js";
import { rotationRun } from "../../../simulator/logrotate/logrotate.js";
import type { RotationHost } from "../../../simulator/logrotate/rotation-config.js";

/** logrotate of this machine, where there is one. */
const program = ["/usr/sbin/logrotate", "/usr/bin/logrotate"].find((file) => fs.existsSync(file));

/** `LOG` is a folder with a.log and b.log, `OPEN` one in which everybody may write. */
const files: Readonly<Record<string, string>> = {
  "one block":
    "# ours\nLOG/a.log\nLOG/b.log\n{\n    daily\n    rotate 7\n    size 100M\n    create 0640 root root\n    su root root\n}\n",
  "several words in a line": "LOG/a.log {\n  daily compress delaycompress\n  rotate 3\n}\n",
  "an unknown word, passed over": "LOG/a.log {\n  daily\n  frobnicate 5\n  missingok\n}\n",
  "no count": "LOG/a.log {\n  rotate\n}\n",
  "a bad count, and a good block": "LOG/a.log {\n  rotate 7x\n  daily\n}\nLOG/b.log {\n  weekly\n}\n",
  "bad units": "LOG/a.log {\n  size 10MB\n}\nLOG/b.log {\n  minsize 5x\n}\n",
  "no size, passed over": "LOG/a.log {\n  size\n}\n",
  "unknown accounts": "LOG/a.log {\n  create 0640 nosuch root\n}\nLOG/b.log {\n  su root nosuch\n}\n",
  "half of an owner": "LOG/a.log {\n  su root\n}\nLOG/b.log {\n  create 0640 root root more\n}\n",
  "logs that are not there":
    "LOG/none.log\nLOG/z*.log\n{\n  weekly\n}\nLOG/no/x.log {\n  daily\n}\nLOG/other.log {\n  missingok\n}\n",
  "one log twice": "LOG/*.log\nLOG/a.log\n{\n  daily\n}\n",
  "one log in two blocks": "LOG/a.log {\n  daily\n}\nLOG/[ab].log {\n  weekly\n}\n",
  "a folder for everybody": "OPEN/x.log {\n  daily\n}\n",
  "a folder for everybody, and who rotates there": "OPEN/x.log {\n  su root root\n}\n",
  "a script": "LOG/a.log {\n  daily\n  postrotate\n    echo }\n  endscript\n}\n",
  "a script without end": "LOG/a.log {\n  postrotate\n   echo\n}\n",
  "a block without end": "LOG/a.log {\n  daily\n",
  "only a comment": "# nothing\n",
  "nothing at all": "",
};

describe("the simulator's logrotate", () => {
  let folder: string;
  before(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "rotation-"));
    for (const [name, mode] of [
      ["log", 0o755],
      ["open", 0o777],
    ] as const) {
      fs.mkdirSync(path.join(folder, name));
      fs.chmodSync(path.join(folder, name), mode);
    }
    for (const name of ["log/a.log", "log/b.log", "open/x.log"]) fs.writeFileSync(path.join(folder, name), "");
  });
  after(() => fs.rmSync(folder, { recursive: true }));

  const real = (file: string) => {
    const { status, stderr } = spawnSync(program ?? "", ["-d", "-s", "/dev/null", file], {
      encoding: "utf8",
      env: { LC_ALL: "C.UTF-8" },
    });
    return verdict(status, stderr);
  };
  const placed = (text: string): string =>
    text.replaceAll("LOG", path.join(folder, "log")).replaceAll("OPEN", path.join(folder, "open"));
  /** What counts: how it ended, and what was an error. */
  const verdict = (code: number | null | undefined, said = "") => ({
    code,
    errors: said.split("\n").filter((line) => /^(?:error:|Ignoring)/.test(line)),
  });
  const host = (own: Readonly<Record<string, { text: string; mode: number }>>): RotationHost => {
    const logs = ["log/a.log", "log/b.log", "open/x.log"].map((name) => path.join(folder, name));
    return {
      users: new Set(["root"]),
      groups: new Set(["root"]),
      file: (name) => own[name],
      names: (at) => Object.keys(own).flatMap((name) => (path.dirname(name) === at ? [path.basename(name)] : [])),
      logs: (pattern) => glob(pattern, logs),
      isFolder: (at) => ["log", "open"].some((name) => path.join(folder, name) === at),
      isOpen: (at) => at === path.join(folder, "open"),
    };
  };

  it("says of files what a real one says, and ends as it ends", function () {
    const simulated = Object.entries(files).map(([name, text]) => {
      const file = path.join(folder, "file");
      const run = rotationRun(host({ [file]: { text: placed(text), mode: 0o644 } }), file);
      assert.ok(run, name);
      return [name, verdict(run.code, run.stderr)];
    });
    if (program === undefined) return this.skip();
    const told = Object.entries(files).map(([name, text]) => {
      const file = path.join(folder, "file");
      fs.writeFileSync(file, placed(text), { mode: 0o644 });
      return [name, real(file)];
    });
    assert.deepEqual(Object.fromEntries(simulated), Object.fromEntries(told));
  });

  it("reads a folder in its order, passes over what a real one does, and names what stands there by its bare name", function () {
    const block = placed("LOG/a.log {\n  daily\n}\n");
    const names = [
      ".hidden",
      "a",
      "b.bak",
      "b.disabled",
      "b.dpkg-old",
      "b.dpkg-tmp",
      "b.rpmorig",
      "b,v",
      "b~",
      "wide",
      "z",
    ];
    const own: Record<string, { text: string; mode: number }> = {
      [path.join(folder, "conf")]: { text: `weekly\ninclude ${folder}/d\n`, mode: 0o644 },
    };
    for (const name of names)
      own[path.join(folder, "d", name)] = {
        text: name === "z" ? placed("LOG/b.log {\n  nonsense\n}\n") : block,
        mode: name === "wide" ? 0o664 : 0o644,
      };
    const file = path.join(folder, "conf");
    const run = rotationRun(host(own), file);
    assert.ok(run);
    const simulated = verdict(run.code, run.stderr);
    if (program === undefined) return this.skip();
    fs.mkdirSync(path.join(folder, "d"));
    for (const [name, { text, mode }] of Object.entries(own)) {
      fs.writeFileSync(name, text);
      fs.chmodSync(name, mode);
    }
    const told = real(file);
    const plain = ({ code, errors }: typeof told) => ({
      code,
      errors: errors.filter((line) => line.startsWith("error:")),
    });
    assert.deepEqual(plain(simulated), plain(told));
    const passedOver = (one: typeof told) => one.errors.filter((line) => line.startsWith("Ignoring")).sort();
    assert.deepEqual(passedOver(simulated), passedOver(told));
    assert.equal(passedOver(told).length, 7);
  });

  it("answers no more than it knows", () => {
    const file = path.join(folder, "file");
    for (const text of [
      "LOG/a.log {\n  olddir /x\n}\n",
      "{ }\n",
      "}\n",
      "LOG/a.log daily\n",
      "LOG/a.log {\n  maxage x\n}\n",
    ])
      assert.equal(rotationRun(host({ [file]: { text: placed(text), mode: 0o644 } }), file), undefined, text);
  });
});
