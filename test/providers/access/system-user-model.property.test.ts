import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import fc from "fast-check";
import { shellCommand } from "../../../pve/format/shell";
import { keyIn, keyProblem, liveKeys, withKeys } from "../../../providers/access/linux/authorized-keys.model";
import { gecosWith, markOf, readAccounts } from "../../../providers/access/linux/passwd.model";
import { printSudoers, readSudoers, ruleProblem } from "../../../providers/access/linux/sudo-rule.model";
import { systemUserModel } from "../../../providers/access/system-user.model";
import { problemsOf } from "../../../providers/kernel/state/problems";
import type { AccountShell } from "../../../simulator/linux/account-shell.js";
import { visudo } from "../../../simulator/ssh/visudo.js";
import { shellWords } from "../../../simulator/ssh/words.js";
import { newKey } from "../../support/sshd";

const mark = "0123456789abcdef01234567";
const runs = { numRuns: 300, seed: 20261129 };

const nasty = fc.constantFrom(
  ...[
    "'",
    '"',
    "`id`",
    "$(id)",
    ";",
    "&&",
    "|",
    ">",
    "\n",
    "\r",
    "\0",
    "\\",
    "*",
    "?",
    "[a]",
    "..",
    "/../",
    "~",
    "#",
    "!",
  ],
  ...["-", "--", "-rf", " ", "\t", ":", ",", "=", "%", "@include /tmp/x", "ALL", "NOPASSWD:", "ä", "\u202e", "root"],
);
const hostile = fc
  .array(fc.oneof(nasty, fc.string({ maxLength: 6 }), fc.constantFrom("bob", "/bin/ls", "ssh-ed25519 AAAA")), {
    minLength: 1,
    maxLength: 8,
  })
  .map((parts) => parts.join(""));
const problems = (args: object) => problemsOf(systemUserModel.schema, { node: "pve1", name: "bob", ...args });

/** A real visudo's verdict, where there is one. */
const realVisudo = fs.existsSync("/usr/sbin/visudo") ? "/usr/sbin/visudo" : undefined;

describe("names, rules and keys that somebody hostile has written", () => {
  it("300 names: each is refused, or is nothing but a name", () => {
    fc.assert(
      fc.property(hostile, (name) => {
        if (problems({ name }).length === 0) assert.match(name, /^[a-z_][a-z0-9_-]{0,31}$/);
      }),
      runs,
    );
    for (const name of ["root", "nobody", "Bob", "bob.x", "bob~", "-bob", "1bob", "", "a".repeat(33), "bob\n"])
      assert.equal(problems({ name }).length > 0, true, name);
    for (const name of ["bob", "_x", "a-b_1", "a".repeat(32)]) assert.deepEqual(problems({ name }), []);
  });

  it("300 of them reach a shell as one word each", () => {
    const all = fc.sample(hostile, { numRuns: 300, seed: 7 }).filter((text) => !text.includes("\0"));
    const line = shellCommand(["printf", "%s\\0", ...all]);
    assert.equal(execFileSync("/bin/sh", ["-c", line], { encoding: "utf8" }), all.map((text) => `${text}\0`).join(""));
    for (const text of all)
      assert.deepEqual(shellWords(shellCommand(["useradd", "--", text])), ["useradd", "--", text]);
  });

  it("300 rules: each is refused, or is one line that visudo takes, and that reads back as it was", function () {
    const texts: string[] = [];
    fc.assert(
      fc.property(
        fc.oneof(
          hostile,
          hostile.map((text) => `/usr/bin/tee ${text}`),
          hostile.map((text) => `/bin/${text}`),
        ),
        (rule) => {
          if (ruleProblem(rule) !== undefined) return;
          const text = printSudoers(mark, "bob", { all: false, rules: [rule] });
          assert.equal(text.split("\n").length, 3, text);
          assert.deepEqual(readSudoers(text, "bob"), { mark, all: false, rules: [rule] });
          assert.equal(/\.\.|[*?]/.test(rule) && !rule.includes(" ^"), false, rule);
          texts.push(text.split("\n")[1] ?? "");
        },
      ),
      runs,
    );
    assert.ok(texts.length > 20, String(texts.length));
    const file = path.join(fs.mkdtempSync(path.join(os.tmpdir(), "rules-")), "bob");
    const whole = `${texts.join("\n")}\n`;
    fs.writeFileSync(file, whole);
    try {
      assert.equal(simulated(whole)?.code, 0);
      if (realVisudo === undefined) return this.skip();
      execFileSync(realVisudo, ["-c", "-f", file], { stdio: "pipe" });
    } finally {
      fs.rmSync(path.dirname(file), { recursive: true });
    }
  });

  it("wildcards that climb are refused, and what cannot climb is not", () => {
    const refused: Record<string, RegExp> = {
      "/usr/bin/tee /var/lib/vz/*": /a wildcard matches blanks and slashes/,
      "/usr/bin/tee /var/lib/vz/snippets/[a-zA-Z0-9_][a-zA-Z0-9_.-]*": /a wildcard matches/,
      "/usr/bin/tee /var/lib/vz/?": /a wildcard matches/,
      "/usr/bin/tee /var/lib/vz/../../etc/passwd": /without \.\./,
      "pvesm status": /absolute path/,
      ALL: /absolute path/,
      "sudoedit /etc/hosts": /absolute path/,
      "!/bin/sh": /absolute path/,
      "/usr/bin/": /name one command/,
      "/usr/bin/*": /without wildcards/,
      "/usr/bin/../bin/sh": /without \.\./,
      "/bin/ls, /bin/sh": /without wildcards/,
      "/bin/ls -l\nbob ALL=(ALL) ALL": /one line/,
      "/bin/cat a\\ b": /characters that sudo may read/,
      "/bin/cat #x": /characters that sudo may read/,
      '/bin/cat ""  x': /one blank/,
      "/bin/tee ^/srv/.*$": /goes beyond what is checked at "\.\*"/,
      "/bin/tee ^/srv/[^ ]*$": /the class \[\^ \]/,
      "/bin/tee ^/srv/[+-9]*$": /the class/,
      "/bin/tee ^/srv/[a-z.]*$": /a part of a path may be/,
      "/bin/tee ^/srv/[a-z]?[.a]*/x$": /a part of a path may be/,
      "/bin/tee ^/srv/\\.\\./x$": /a part of a path may be/,
      "/bin/tee ^/srv/(a|b)$": /goes beyond/,
      "/bin/tee ^/srv/a": /begin the regular expression with \^ and end it/,
      "/bin/tee -a ^/srv/a$": /begin the regular expression/,
    };
    for (const [rule, why] of Object.entries(refused)) assert.match(ruleProblem(rule) ?? "allowed", why, rule);
    for (const rule of [
      "/sbin/pvesm",
      '/usr/bin/id ""',
      "/usr/sbin/qm list",
      "/usr/bin/stat a,b:c=d",
      "/usr/bin/tee ^/var/lib/vz/snippets/[a-zA-Z0-9_][a-zA-Z0-9_.-]*$",
      "/bin/tee ^-a /srv/[a-z]{3}\\.log$",
    ])
      assert.equal(ruleProblem(rule), undefined, rule);
    assert.match(
      problems({ sudoNoPassword: true, sudoRules: ["/bin/ls"] })
        .map(({ message }) => message)
        .join(),
      /it allows everything, and sudoRules would mean nothing/,
    );
  });

  it("300 keys: each is refused, or is one line with one key", () => {
    const real = newKey().public;
    const around = fc
      .tuple(hostile, fc.boolean())
      .map(([text, before]) => (before ? `${text} ${real}` : `${real} ${text}`));
    let taken = 0;
    fc.assert(
      fc.property(fc.oneof(hostile, around), (key) => {
        if (keyProblem(key) !== undefined) return;
        taken++;
        const text = withKeys("", [key], { exclusive: true, before: [] });
        assert.equal(text.split("\n").length, 2);
        assert.equal(keyIn(text.trim()), keyIn(real));
      }),
      runs,
    );
    assert.ok(taken > 20, String(taken));
    for (const key of [
      newKey().private,
      "ssh-dss AAAAB3NzaC1kc3M=",
      "ssh-ed25519 AAAA",
      `${real}\n${real}`,
      "ssh-rsa " + real.split(" ")[1],
    ])
      assert.equal(typeof keyProblem(key), "string", key.slice(0, 30));
    assert.equal(keyProblem(`restrict,from="10.0.0.0/8" ${real}`), undefined);
  });

  it("other lines of a file of keys stay byte for byte, and what was managed before goes", () => {
    const [mine, old, foreign] = [newKey().public, newKey().public, newKey().public];
    const file = `# by hand\n${foreign}\n${old}\n`;
    const next = withKeys(file, [mine], { exclusive: false, before: [old] });
    assert.equal(next, `# by hand\n${foreign}\n${mine}\n`);
    assert.equal(withKeys(next, [mine], { exclusive: false, before: [mine] }), next);
    assert.equal(withKeys(next, [mine], { exclusive: true, before: [] }), `${mine}\n`);
    assert.equal(withKeys(next, [], { exclusive: false, before: [mine] }), `# by hand\n${foreign}\n`);
    const restricted = `restrict ${mine}`;
    assert.equal(
      withKeys(next, [restricted], { exclusive: false, before: [mine] }),
      `# by hand\n${foreign}\n${restricted}\n`,
    );
    assert.deepEqual(liveKeys(next, [restricted], false), [mine]);
    assert.deepEqual(liveKeys(next, [mine], true), [mine, "# by hand", foreign]);
  });

  it("marks stand behind the fourth comma, and half a file of accounts concludes nothing", () => {
    const gecos = gecosWith(["Bob", "room 3"], { owner: mark, made: "01234567" }, undefined);
    assert.equal(gecos, `Bob,room 3,,,pulumi=${mark}.01234567`);
    assert.deepEqual(markOf({ gecos: gecos.split(",") }), { owner: mark, made: "01234567" });
    assert.equal(markOf({ gecos: [`pulumi=${mark}.01234567`] }), undefined);
    assert.throws(() => readAccounts("", "root:x:0:\n"), /do not know root/);
    assert.throws(() => readAccounts("root:x:0:0:root:/root:/bin/bash\n", ""), /do not know root/);
  });

  it("the simulator's visudo says of a file what a real one says", function () {
    const lines = [
      ...[
        "bob ALL=(root) NOPASSWD: pvesm",
        "bob ALL=(root) NOPASSWD: /bin/x a:b",
        "bob ALL=(root) NOPASSWD: /bin/x a,b",
      ],
      ...["bob ALL=(root", "bob", "", "bob ALL=(root) NOPASSWD: /bin/x a\\", "bob ALL=(root) NOPASSWD: /bin/x a=b"],
      ...[
        'bob ALL=(root) NOPASSWD: /bin/x ""',
        "bob ALL=(ALL:ALL) NOPASSWD: ALL",
        "bob ALL=(root) NOPASSWD: /bin/x a#b",
      ],
      ...[
        "bob ALL=(root) /usr/bin/",
        "bob ALL=(root) NOPASSWD: /bin/x ^[a$",
        "bob ALL=",
        "bob ALL",
        "# only a comment",
      ],
    ];
    const verdicts = lines.map((line) => simulated(`# first\n${line}\n`)?.code);
    assert.equal(verdicts.includes(undefined), false);
    if (realVisudo === undefined) return this.skip();
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "rules-"));
    try {
      const real = lines.map((line) => {
        fs.writeFileSync(path.join(folder, "bob"), `# first\n${line}\n`);
        return spawnSync(realVisudo, ["-c", "-f", path.join(folder, "bob")]).status;
      });
      assert.deepEqual(verdicts, real);
    } finally {
      fs.rmSync(folder, { recursive: true });
    }
  });
});

function simulated(text: string) {
  const files = { read: () => ({ content: Buffer.from(text).toString("base64"), mode: 0o440 }) };
  return visudo({ files, hasSudo: true } as unknown as AccountShell, ["-c", "-f", "/etc/sudoers.d/bob"]);
}
