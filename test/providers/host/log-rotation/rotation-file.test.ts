import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import fc from "fast-check";
import { problemsOf } from "../../../../providers/kernel/state/problems";
import { logRotationModel } from "../../../../providers/host/log-rotation.model";
import { concerning } from "../../../../providers/host/log-rotation/complaints";
import { fits, logProblem, overlap } from "../../../../providers/host/log-rotation/log-pattern.model";
import { rivalsOf } from "../../../../providers/host/log-rotation/rivals";
import { isPassedOver, readRotations } from "../../../../providers/host/log-rotation/rotation-file";
import { seenIn, strangeIn, wantedText, type Described } from "../../../../providers/host/log-rotation/seen-rotation";

const whole: Described = {
  logs: ["/var/log/app/*.log", "/var/log/pve/x[0-9].log"],
  ...{
    frequency: "daily",
    rotate: 7,
    minSize: "1k",
    maxSize: "100M",
    maxAge: 30,
    compress: true,
    delayCompress: false,
  },
  ...{ missingOk: true, ifEmpty: false, dateExt: true, copyTruncate: false },
  ...{ create: { mode: "0640", user: "root", group: "adm" }, su: { user: "root", group: "ceph" } },
};
const problems = (args: object): string[] =>
  problemsOf(logRotationModel.schema, { node: "pve1", name: "app", logs: ["/var/log/app.log"], ...args }).map(
    ({ path: at, message }) => `${at}: ${message}`,
  );
const program = ["/usr/sbin/logrotate", "/usr/bin/logrotate"].find((file) => fs.existsSync(file));

describe("the file of a log rotation", () => {
  it("has its owner's mark, the logs and one word of logrotate's for each field", () => {
    assert.equal(
      wantedText("abc", whole),
      "# Written by pulumi-proxmox-cluster for abc; changes are overwritten\n" +
        "/var/log/app/*.log\n/var/log/pve/x[0-9].log\n{\n    daily\n    rotate 7\n    minsize 1k\n    maxsize 100M\n    maxage 30\n" +
        "    missingok\n    notifempty\n    nocopytruncate\n    compress\n    nodelaycompress\n    dateext\n" +
        "    create 0640 root adm\n    su root ceph\n}\n",
    );
    assert.equal(
      wantedText("m", { logs: ["/var/log/a"], size: "5G" })
        .split("\n")
        .slice(1)
        .join(" "),
      "/var/log/a {     size 5G } ",
    );
  });

  it("300 of them read back as they were written", () => {
    const settings = fc.record(
      {
        frequency: fc.constantFrom("hourly", "daily", "weekly", "monthly", "yearly"),
        ...{ rotate: fc.nat(9999), maxAge: fc.nat(9999), size: fc.constantFrom("5", "7k", "1M", "2G") },
        ...{ minSize: fc.constantFrom("5", "7k"), maxSize: fc.constantFrom("1M", "2G") },
        ...{ compress: fc.boolean(), delayCompress: fc.boolean(), missingOk: fc.boolean(), ifEmpty: fc.boolean() },
        ...{ copyTruncate: fc.boolean(), dateExt: fc.boolean() },
        create: fc.constant({ mode: "0600", user: "root", group: "adm" }),
        su: fc.constant({ user: "root", group: "ceph" }),
      },
      { requiredKeys: [] },
    );
    const paths = fc.stringMatching(/^\/[a-z]{1,5}(?:\/[A-Za-z0-9@%+=:._,?-]{1,8}){1,3}$/);
    fc.assert(
      fc.property(settings, fc.array(paths, { minLength: 1, maxLength: 4 }), (described, logs) => {
        const seen = seenIn(wantedText("mark", { ...(described as Described), logs }));
        assert.deepEqual({ ...seen.settings }, { ...described });
        assert.deepEqual([seen.logs, seen.others, seen.hasScripts], [logs, [], false]);
        assert.deepEqual(strangeIn(seen, described as Described), []);
      }),
      { numRuns: 300, seed: 5 },
    );
  });

  it("shows what somebody has written into it: words, fields that are left out, logs, scripts, blocks, and half of one", () => {
    const ours = wantedText("m", { logs: ["/var/log/a"], frequency: "daily" });
    const strange = (text: string) => strangeIn(seenIn(text), { logs: ["/var/log/a"], frequency: "daily" });
    const within = (line: string) => strange(ours.replace("{\n", `{\n${line}\n`));
    assert.deepEqual(strange(ours), []);
    assert.deepEqual(within("  compress # for now"), ["compress"]);
    assert.deepEqual(within("  sharedscripts compress"), ["compress", "sharedscripts"]);
    assert.deepEqual(within("  rotate 3"), ["rotate 3"]);
    assert.deepEqual(within("  rotate x"), ["rotate x"]);
    assert.deepEqual(within("  create 0600"), ["create 0600"]);
    assert.deepEqual(within("  mail root@example.com"), ["mail root@example.com"]);
    assert.deepEqual(within("  postrotate\n    compress }\n  endscript"), ["postrotate"]);
    assert.deepEqual(strange(`${ours}"/var/log/b c" /var/log/d {\n weekly }\n`), [
      "a block for /var/log/b c /var/log/d",
    ]);
    assert.deepEqual(strange(`weekly\ninclude /x\n${ours}`), ["weekly", "include /x"]);
    assert.deepEqual(strange(`${ours}/var/log/b {\n weekly\n`), ["/var/log/b {"]);
    assert.deepEqual(seenIn(ours.replace("{", "/var/log/b\n{")).logs, ["/var/log/a", "/var/log/b"]);
    assert.equal(seenIn(ours.replace("daily", "weekly")).settings["frequency"], "weekly");
    assert.deepEqual(seenIn("").logs, []);
  });

  it("500 hostile files end in texts that a terminal and a state can take", () => {
    const pieces = [
      "{",
      "}",
      "\n",
      '"',
      "'",
      "#",
      "postrotate",
      "endscript",
      "\u001b[2J",
      "\u202e",
      "/var/log/x",
      "rotate",
      "\0",
      " ",
      "create",
      "<{%red%}>",
    ];
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.constantFrom(...pieces), fc.string()), { maxLength: 40 }), (parts) => {
        const seen = seenIn(parts.join(""));
        for (const text of [
          ...seen.logs,
          ...seen.others,
          ...Object.values(seen.settings).filter((one) => typeof one === "string"),
        ]) {
          // eslint-disable-next-line no-control-regex -- they are what is looked for
          assert.doesNotMatch(text, /[\u0000-\u001f\u007f-\u009f\u202e]|<\{%/);
          assert.ok(text.length < 300);
        }
      }),
      { numRuns: 500, seed: 5 },
    );
  });

  it("is taken by a real logrotate whenever the model takes its fields", function () {
    const words = fc.array(
      fc.constantFrom(
        "a",
        "log",
        "*",
        "?",
        "[a-c]",
        "[!x]",
        ".",
        "..",
        "{",
        " ",
        "\n",
        '"',
        "'",
        "\\",
        "#",
        "/",
        "~",
        "é",
        "$(x)",
        ",",
        "=",
      ),
      { minLength: 1, maxLength: 6 },
    );
    const taken = fc
      .sample(words, { numRuns: 4000, seed: 3 })
      .map((parts) => `/var/log/${parts.join("")}`)
      .filter((log) => logProblem(log) === undefined);
    assert.ok(taken.length > 100, String(taken.length));
    for (const log of taken) {
      assert.match(log, /^\/[A-Za-z0-9@%+=:._,*?/[\]!-]+$/);
      assert.deepEqual(seenIn(wantedText("m", { logs: [log] })).logs, [log]);
    }
    if (program === undefined) return this.skip();
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "rotation-"));
    try {
      const file = path.join(folder, "file");
      const create = { mode: "0640", user: "root", group: "root" };
      const logs = [...new Set(taken)].map((log) => log.replace("/var/log/", "/nowhere/here/"));
      const text = wantedText("m", { ...whole, missingOk: true, create, su: { user: "root", group: "root" }, logs });
      fs.writeFileSync(file, text, { mode: 0o644 });
      const { status, stderr } = spawnSync(program, ["-d", "-s", "/dev/null", file], { encoding: "utf8" });
      assert.deepEqual([status, stderr.split("\n").filter((line) => line.startsWith("error"))], [0, []]);
      for (const log of logs) assert.ok(stderr.includes(`\n${log}\n`) || stderr.includes(` ${log}\n`), log);
    } finally {
      fs.rmSync(folder, { recursive: true });
    }
  });
});

describe("arguments of a log rotation", () => {
  it("are refused all at once, each with what to write instead", () => {
    assert.deepEqual(problems({ ...whole }), []);
    const found = problems({
      ...{ name: "a.b", logs: ["x", "/var/log/a", "/var/log/a"], frequency: "often", rotate: 0, minSize: "5KB" },
      ...{ maxAge: 0, create: { mode: "rw", user: "Root", group: "adm" }, su: { user: "root" }, more: 1 },
    }).join("\n");
    for (const path of [
      "name",
      "logs[0]",
      "logs[2]",
      "frequency",
      "rotate",
      "minSize",
      "maxAge",
      "create.mode",
      "create.user",
      "su.group",
      "more",
    ])
      assert.match(found, new RegExp(`^${path.replace(/[[\]]/g, "\\$&")}: `, "m"), path);
    assert.match(problems({ size: "1M", frequency: "daily" }).join(), /^size: .*minSize or maxSize/);
    assert.match(problems({ copyTruncate: true, create: whole.create }).join(), /^create: with copyTruncate/);
    assert.match(
      problems({ logs: ["/var/log/*.log", "/var/log/a.log"] }).join(),
      /^logs\[1\]: is meant by \/var\/log\/\*\.log already/,
    );
    for (const name of ["", "-x", "_x", ".x", "a/b", "a b", "x~", "a.bak", "../x", "a\n"])
      assert.deepEqual(
        problems({ name }).map((line) => line.split(":")[0]),
        ["name"],
        name,
      );
  });

  it("name no logs where nothing may be renamed, and none that would be rotated again and again", () => {
    const wrong: Readonly<Record<string, RegExp>> = {
      "/etc/passwd": /no logs lie in \/etc/,
      "/usr/lib/x.so": /\/usr/,
      "/lib64/x": /\/lib64/,
      "/var/lib/vz/images/100/vm.qcow2": /\/var\/lib/,
      "/var/l*b/vz/x.log": /\/var\/lib/,
      "/mnt/pve/nas/x.log": /\/mnt\/pve/,
      "/mnt/p?e/nas/x.log": /\/mnt\/pve/,
      "/*/x.log": /begin with a folder by its name/,
      "/[a-z]tc/passwd": /begin with a folder/,
      "/x.log": /at least two parts/,
      "var/log/x.log": /absolute path/,
      "/var/log/": /letters, digits/,
      "/var/log/../../etc/passwd": /letters, digits/,
      "/var//log/x": /letters, digits/,
      "/var/log/{a,b}.log": /letters, digits/,
      "/var/log/a b.log": /letters, digits/,
      "/var/log/a\nb": /letters, digits/,
      '/var/log/"a"': /letters, digits/,
      "/var/log/*": /rotates it again/,
      "/var/log/app/*[0-9]": /rotates it again/,
      "/var/log/app/*.log.?": /rotates it again/,
      "/var/log/app/*.gz": /rotates it again/,
      "/var/.*/etc/passwd": /\.\* stands for the one above/,
      "/var/log/.?/lib/x.log": /\.\? stands for the one above/,
      "/var/log/.[.]/lib/x.log": /stands for the one above/,
      "/var/ru[n]/x.log": /\/var\/run/,
      "/var/lock/qemu-server/lock-100.conf": /\/var\/lock/,
      "/var/*/mail/root": /\/var\/lib/,
      "/var/spool/postfix/x.log": /\/var\/spool/,
      "/rpool/data/x.log": /\/rpool/,
      "/var/log/journal/0123/system.journal": /systemd's journal/,
      "/var/log/*/*/*.journal": /list of tasks|systemd's journal/,
      "/mnt/nas/images/100/x.log": /disks, images or backups/,
      "/mnt/nas/image[s]/10?/x.log": /disks, images or backups/,
      "/mnt/nas/x/vm-100-disk-0": /disks, images or backups/,
      "/tank/subvol-101-disk-0/var/log/x.log": /disks, images or backups/,
      "/mnt/nas/x/a.qcow2": /disks, images or backups/,
      "/mnt/nas/x/*.qco[w]2": /disks, images or backups/,
      "/mnt/nas/dump/vzdump-qemu-100.vma.zst": /disks, images or backups/,
      "/mnt/nas/template/a.iso": /disks, images or backups/,
      "/var/log/app.log*": /rotates it again/,
      "/var/log/pve/tasks/index": /list of tasks/,
      "/var/log/pve/*/*.log": /list of tasks/,
      "/var/log/*/*/index": /list of tasks/,
    };
    for (const [log, words] of Object.entries(wrong)) assert.match(logProblem(log) ?? "", words, log);
    for (const log of [
      "/var/log/pve/*.log",
      "/var/log/a-b_c.d@e.log",
      "/opt/app/log/x?[0-9].log",
      "/home/u/x.log",
      "/var/log/*/x.log",
      "/var/log/*/*.log",
      "/var/log/app[0-9]",
      "/srv/images/log/app.log",
      "/srv/images/100.log",
      "/var/log/vm-100.log",
      "/home/u/.app/x.log",
      "/var/log/raw",
    ])
      assert.equal(logProblem(log), undefined, log);
  });

  it("mean the same in another order, and by a mode with another number of digits", () => {
    const { same } = logRotationModel;
    assert.equal(same?.("logs", ["/a/b", "/c/d"], ["/c/d", "/a/b"]), true);
    assert.equal(same?.("logs", ["/a/b"], ["/a/b", "/c/d"]), false);
    assert.equal(same?.("create.mode", "640", "0640"), true);
    assert.equal(same?.("create.mode", "640", "0600"), false);
    assert.equal(same?.("rotate", 7, 8), false);
  });
});

describe("who else rotates a log", () => {
  it("is told by names and patterns, past comments, scripts and files that logrotate does not read", () => {
    const configs = new Map([
      ["/etc/logrotate.d/own", "/var/log/a.log { daily }"],
      ["/etc/logrotate.d/name", '"/var/log/a.log" /var/log/b.log\n{\n daily\n}\n'],
      ["/etc/logrotate.d/pattern", "/var/log/[a-c].log {\n}\n"],
      ["/etc/logrotate.d/comment", "# /var/log/a.log {\n"],
      ["/etc/logrotate.d/script", "/var/log/x {\npostrotate\n/var/log/a.log {\nendscript\n}\n"],
      ["/etc/logrotate.d/old.bak", "/var/log/a.log {\n}\n"],
      ["/etc/logrotate.d/ours", wantedText("m", { logs: ["/var/log/a.log"] })],
    ]);
    assert.deepEqual(rivalsOf(configs, "/etc/logrotate.d/own", "/var/log/a.log"), [
      { file: "/etc/logrotate.d/name", names: "/var/log/a.log", isOurs: false },
      { file: "/etc/logrotate.d/pattern", names: "/var/log/[a-c].log", isOurs: false },
      { file: "/etc/logrotate.d/ours", names: "/var/log/a.log", isOurs: true },
    ]);
    for (const name of ["x.bak", "x~", "x,v", "x.dpkg-old", "x.disabled", "x.rpmorig"])
      assert.equal(isPassedOver(name), true);
    for (const name of ["x", ".x", "x.conf", "x-bak"]) assert.equal(isPassedOver(name), false);
    assert.deepEqual(readRotations("/a/b {\n"), { rotations: [], rest: ["/a/b {"] });
  });

  it("follows what stands for parts of names", () => {
    const cases: readonly (readonly [string, string, boolean])[] = [
      ["/var/log/*.log", "/var/log/a.log", true],
      ["/var/log/*.log", "/var/log/.a.log", false],
      ["/var/log/*.log", "/var/log/a/b.log", false],
      ["/var/log/?.log", "/var/log/ab.log", false],
      ["/var/log/[!a].log", "/var/log/b.log", true],
      ["/var/log/[^a].log", "/var/log/a.log", false],
      ["/var/log/[z-a].log", "/var/log/b.log", false],
      ["/var/log/a.log", "/var/log/axlog", false],
      ["/var/log/(x|y)+.log", "/var/log/(x|y)+.log", true],
    ];
    for (const [pattern, file, does] of cases) assert.equal(fits(pattern, file), does, `${pattern} ${file}`);
    assert.equal(overlap("/var/log/*.log", "/var/log/a*.log"), false);
    assert.equal(overlap("/var/log/*.log", "/var/log/*.log"), true);
    assert.equal(overlap("/var/log/a.log", "/var/log/[ab].log"), true);
  });

  it("is heard among all that logrotate complains of, and what concerns others is not", () => {
    const said = [
      ...[
        "stat of /var/log/app/x.log failed: No such file or directory",
        "stat of /var/log/other failed: No such file or directory",
      ],
      ...["stat of /var/log/app failed: No such file or directory", "zz:1 duplicate log entry for /var/log/app/y.log"],
      ...[
        "zz:1 duplicate log entry for /var/log/other",
        "found error in file zz, skipping",
        "app:3 unknown option 'x' -- ignoring line",
      ],
      ...["apple:3 unknown option 'x' -- ignoring line", "Ignoring app because it is writable by group or others."],
      ...[
        'skipping "/var/log/app/x.log" because parent directory has insecure permissions',
        'skipping "/var/log/o.log" because parent directory',
      ],
    ];
    assert.deepEqual(concerning(said, "/etc/logrotate.d/app", ["/var/log/app/*.log"]), {
      missing: ["/var/log/app/x.log", "/var/log/app"],
      duplicate: ["/var/log/app/y.log"],
      wrong: [said[6], said[8], said[9]],
    });
  });
});
