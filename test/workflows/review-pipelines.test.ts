import assert from "node:assert/strict";
import { execFile, spawnSync } from "node:child_process";
import fs from "node:fs";
import http from "node:http";
import type { AddressInfo } from "node:net";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { load } from "../support/yaml";
import { findEngine } from "../../cli/engine";
import { projectRoot } from "../../cli/project";
import { usage } from "../../cli/pulumi-proxmox";
import { testEnvironment } from "../support/environment";
import { commandLines } from "../support/processes";
import { installTarball, makeProject } from "../support/project";

const run = promisify(execFile);

interface Job {
  readonly script: readonly string[];
  readonly [key: string]: unknown;
}
interface Workflow {
  readonly jobs: Record<string, { readonly steps: readonly { readonly run?: string; readonly name?: string }[] }>;
}

const read = (file: string): unknown => load(fs.readFileSync(path.join(projectRoot, file), "utf8"));
const gitlab = () => read("examples/review.gitlab-ci.yml") as Record<string, Job>;
const githubFiles = ["preview", "up", "drift"].map((name) => `.github/workflows/${name}.yml`);
const githubScripts = (file: string): string[] =>
  Object.values((read(file) as Workflow).jobs).flatMap(({ steps }) => steps.flatMap(({ run: script }) => script ?? []));

/** Keywords of a job, as GitLab documents them; those that these pipelines have no use for are left out. */
const gitlabKeywords = ["stage", "image", "rules", "variables", "parallel", "script", "environment", "resource_group"];
const gitlabStages = [".pre", "build", "test", "deploy", ".post"];

const urn = "urn:pulumi:matrix::lab::pulumi-nodejs:dynamic/proxmox:Vm::web";
const events = [
  { resOutputsEvent: { metadata: { op: "delete", urn, old: { custom: true, outputs: { vmid: 100 } } } } },
  { summaryEvent: { result: "succeeded" } },
].map((event) => `${JSON.stringify(event)}\n`);

/** Each `pulumi …` and `pulumi-proxmox …` of a script, as its words. */
const callsOf = (program: string, script: string): string[][] =>
  [...script.matchAll(new RegExp(`(?:^|[\\s(])${program} (?:-- )?([^\\n|><)]+)`, "gm"))].map(([, words = ""]) =>
    words
      .replace(/ \|\|.*$/, "")
      .trim()
      .split(/\s+/),
  );

describe("pipelines that show a preview in review", function () {
  let folder: string;
  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "pipelines-"));
  });
  afterEach(() => fs.rmSync(folder, { recursive: true }));

  /** A program of this name in front of the others: it notes how it is called, says something and ends. */
  function stub(name: string, says: string, code = 0): string {
    const bin = path.join(folder, "bin");
    fs.mkdirSync(bin, { recursive: true });
    fs.writeFileSync(path.join(folder, `${name}-says`), says);
    const script = `#!/bin/sh\necho "$*" >> '${folder}/${name}-calls'\ncat '${folder}/${name}-says'\nexit ${code}\n`;
    fs.writeFileSync(path.join(bin, name), script, { mode: 0o755 });
    return bin;
  }
  const calls = (name: string): string[] => {
    const file = path.join(folder, `${name}-calls`);
    if (!fs.existsSync(file)) return [];
    const all = fs.readFileSync(file, "utf8").trim().split("\n");
    fs.rmSync(file);
    return all;
  };
  async function shell(script: string, cwd: string, env: NodeJS.ProcessEnv, options = ["-e", "-o", "pipefail"]) {
    const file = path.join(folder, "script");
    fs.writeFileSync(file, script);
    try {
      const { stdout } = await run("bash", [...options, file], {
        cwd,
        env: { ...process.env, ...testEnvironment(), ...env },
      });
      return { code: 0, stdout };
    } catch (error) {
      const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
      return { code, stdout: stdout + stderr };
    }
  }

  it("call programs, subcommands and options that there are", async () => {
    const scripts = [
      ...Object.values(gitlab()).flatMap(({ script }) => script),
      ...githubFiles.flatMap(githubScripts),
    ].join("\n");
    const own = callsOf("pulumi-proxmox", scripts);
    assert.ok(own.length >= 7, String(own.length));
    for (const [command = "", ...words] of own) {
      const line = usage.split("\n").find((one) => one.startsWith(`${command} `) || one === command);
      assert.ok(line !== undefined, command);
      for (const flag of words.filter((word) => word.startsWith("--")))
        assert.ok(line.includes(flag), `${command} ${flag}`);
    }
    const { pulumi, env } = await findEngine();
    const engines = callsOf("pulumi", scripts);
    assert.deepEqual([...new Set(engines.map(([command]) => command))].sort(), ["preview", "refresh", "stack", "up"]);
    for (const words of engines) {
      const command = words.slice(0, words[0] === "stack" ? 2 : 1);
      const { stdout } = await run(pulumi, [...command, "--help"], { env });
      for (const flag of words.filter((word) => word.startsWith("--")))
        assert.match(stdout, new RegExp(`(?:^|[\\s,])${flag}\\b`, "m"), `pulumi ${command.join(" ")} ${flag}`);
    }
  });

  it("are, for GitLab, jobs of keywords and stages that it knows, and give forks and branches no more than they need", () => {
    const jobs = gitlab();
    assert.deepEqual(Object.keys(jobs), ["preview", "up"]);
    for (const [name, job] of Object.entries(jobs)) {
      assert.deepEqual(
        Object.keys(job).filter((key) => !gitlabKeywords.includes(key)),
        [],
        name,
      );
      assert.ok(gitlabStages.includes(String(job["stage"])), name);
      assert.ok(job.script.length > 0 && job.script.every((line) => typeof line === "string"), name);
      for (const line of job.script) {
        // Each is one line of a shell, which has to understand it.
        const { status, stderr } = spawnSync("bash", ["-n", "-c", line], { encoding: "utf8" });
        assert.equal(status, 0, `${line}: ${stderr}`);
      }
    }
    assert.deepEqual(jobs["preview"]?.["rules"], [{ if: '$CI_PIPELINE_SOURCE == "merge_request_event"' }]);
    assert.deepEqual(jobs["up"]?.["rules"], [{ if: "$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH", when: "manual" }]);
    const stacks = JSON.stringify([{ STACK: ["matrix", "doggos", "nexus"] }]);
    for (const { parallel } of Object.values(jobs))
      assert.equal(JSON.stringify((parallel as { matrix: unknown }).matrix), stacks);
  });

  for (const code of [0, 255])
    it(`write the same comment on GitLab and on GitHub after a preview that ended with ${code}, and end as it did`, async () => {
      const said = code === 0 ? events : events.slice(0, 1);
      const bin = stub("pulumi", said.join(""), code);
      // On GitHub, where the library is the repository itself.
      const preview = (read(".github/workflows/preview.yml") as Workflow).jobs["preview"]?.steps ?? [];
      const [step] = preview.filter(({ name }) => name === "preview");
      const temp = fs.mkdtempSync(path.join(folder, "github-"));
      const summary = path.join(temp, "summary");
      const onGithub = await shell(
        step?.run ?? "",
        projectRoot,
        {
          ...{ PATH: `${bin}:${process.env["PATH"]}`, STACK: "matrix" },
          ...{ RUNNER_TEMP: temp, GITHUB_STEP_SUMMARY: summary },
        },
        ["-e"],
      );
      assert.deepEqual(onGithub, { code, stdout: "" });
      assert.deepEqual(calls("pulumi"), ["preview --json --non-interactive --stack matrix"]);
      const comment = fs.readFileSync(path.join(temp, "comment.md"), "utf8");
      assert.match(comment, /^## Preview of `matrix`\n/);
      assert.match(comment, /`Vm web`: stops the VM, takes it out of HA and its rules, and deletes it with its disks/);
      assert.equal(/did not come to its end/.test(comment), code !== 0);
      assert.equal(fs.readFileSync(summary, "utf8"), comment);
      assert.deepEqual(fs.readdirSync(temp).sort(), ["comment.md", "summary"]);

      // On GitLab, in a project that has the library from a registry.
      const token = "glpat-not-for-command-lines";
      const notes: { path: string | undefined; token: unknown; body: string | null; argument: boolean }[] = [];
      const server = http.createServer((request, response) => {
        const argument = commandLines().some((line) => line.includes(token));
        const chunks: Buffer[] = [];
        request.on("data", (chunk: Buffer) => chunks.push(chunk));
        request.on("end", () => {
          const body = new URLSearchParams(Buffer.concat(chunks).toString()).get("body");
          notes.push({ path: request.url, token: request.headers["private-token"], body, argument });
          response.writeHead(201).end("{}");
        });
      });
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      const project = makeProject((modules) => {
        installTarball(modules);
        fs.mkdirSync(path.join(modules, ".bin"));
        fs.symlinkSync(
          "../pulumi-proxmox-cluster/dist/cli/pulumi-proxmox.js",
          path.join(modules, ".bin/pulumi-proxmox"),
        );
      });
      try {
        stub("npm", "");
        const { script = [] } = gitlab()["preview"] ?? {};
        const onGitlab = await shell(script.join("\n"), project, {
          ...{ PATH: `${bin}:${process.env["PATH"]}`, STACK: "matrix", COMMENT_TOKEN: token, no_proxy: "127.0.0.1" },
          CI_API_V4_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v4`,
          ...{ CI_PROJECT_ID: "7", CI_MERGE_REQUEST_IID: "12" },
        });
        assert.deepEqual(onGitlab, { code, stdout: "" });
        assert.deepEqual(
          [calls("npm"), calls("pulumi")],
          [["ci"], ["preview --json --non-interactive --stack matrix"]],
        );
        assert.deepEqual(notes, [
          { path: "/api/v4/projects/7/merge_requests/12/notes", token, body: comment, argument: false },
        ]);
        assert.ok(!fs.existsSync(path.join(project, "events")), "the events hold the state of the whole stack");
      } finally {
        fs.rmSync(project, { recursive: true });
        await new Promise((resolve) => server.close(resolve));
      }
    });

  it("find, in a clone, the stacks that changed files concern", async () => {
    const temp = fs.mkdtempSync(path.join(folder, "changed-"));
    const output = path.join(temp, "output");
    for (const file of githubFiles) {
      const script = githubScripts(file).find((one) => one.includes("changed-stacks")) ?? "";
      const bin = stub("git", "package.json\n");
      const env = {
        PATH: `${bin}:${process.env["PATH"]}`,
        RUNNER_TEMP: temp,
        GITHUB_OUTPUT: output,
        BASE: "",
        BEFORE: "",
      };
      assert.deepEqual(await shell(script, projectRoot, env, ["-e"]), { code: 0, stdout: "" }, file);
      assert.equal(fs.readFileSync(output, "utf8"), 'stacks=["doggos","matrix","nexus"]\n', file);
      fs.rmSync(output);
    }
  });
});
