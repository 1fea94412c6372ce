import { spawn } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { projectRoot } from "../project";
import { engineFiles } from "./installation";
import { compareVersions, engineVersions } from "./engine-versions";

/** Told what is being done; `transient` lines may overwrite each other on a terminal. */
export type Progress = (line: string, transient: boolean) => void;

interface Program {
  readonly file: string;
  /** Folder with the committed go.mod and go.sum: the hashes in it are what is trusted. */
  readonly module: string;
  readonly packagePath: string;
  readonly version: string;
}

const programs: readonly Program[] = [
  {
    file: "pulumi-language-nodejs",
    module: "host",
    packagePath: "github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs",
    version: engineVersions.languageHost,
  },
  {
    file: "pulumi",
    module: "cli",
    packagePath: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
    version: engineVersions.cli,
  },
];

/** Builds the engine from Go modules into `root`, which appears complete or not at all. */
export async function buildFromModules(root: string, progress: Progress): Promise<void> {
  await checkGo();
  const temporary = `${root}.build-${process.pid}`;
  // What a killed build has left; the lock keeps away whoever else might be building.
  for (const name of fs.existsSync(path.dirname(root)) ? fs.readdirSync(path.dirname(root)) : [])
    if (name.startsWith(`${path.basename(root)}.build-`))
      fs.rmSync(path.join(path.dirname(root), name), { recursive: true });
  const bin = path.join(temporary, "bin");
  fs.mkdirSync(bin, { recursive: true });
  try {
    for (const program of programs) await build(program, path.join(bin, program.file), progress);
    const script = "pulumi-resource-pulumi-nodejs";
    fs.copyFileSync(
      path.join(path.dirname(require.resolve("@pulumi/pulumi/package.json")), script),
      path.join(bin, script),
    );
    for (const file of engineFiles) fs.chmodSync(path.join(bin, file), 0o755);
    // Whatever is there was judged incomplete; the lock keeps a second set-up away.
    fs.rmSync(root, { recursive: true, force: true });
    fs.renameSync(temporary, root);
  } finally {
    fs.rmSync(temporary, { recursive: true, force: true });
  }
}

async function checkGo(): Promise<void> {
  let version: string;
  try {
    version = (await go(["env", "GOVERSION"], path.join(projectRoot, "engine", "cli"))).stdout.trim();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`Go >= ${engineVersions.go} is needed: ${reason}`, { cause: error });
  }
  if (compareVersions(version, engineVersions.go) < 0)
    throw new Error(`Go >= ${engineVersions.go} is needed, this is ${version}`);
}

async function build(program: Program, output: string, progress: Progress): Promise<void> {
  const started = Date.now();
  const count = { downloaded: 0, compiled: 0 };
  const report = (transient: boolean): void =>
    progress(
      `building ${program.file} ${program.version}: ${count.downloaded} modules downloaded, ` +
        `${count.compiled} packages compiled, ${Math.round((Date.now() - started) / 1000)} s`,
      transient,
    );
  report(true);
  const ticking = setInterval(() => report(true), 1_000);
  const stamp = `github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${program.version}`;
  const flags = ["-trimpath", "-mod=readonly", "-tags", "osusergo,grpcnotrace", "-ldflags", `-w -s -X ${stamp}`];
  try {
    await go(
      ["build", "-v", ...flags, "-o", output, program.packagePath],
      path.join(projectRoot, "engine", program.module),
      (line) => {
        if (line.startsWith("go: downloading ")) count.downloaded++;
        else count.compiled++;
      },
    );
  } finally {
    clearInterval(ticking);
  }
  report(false);
}

/** Settings of the user's that would change what is built are put out of the way. */
const neutral = { GOFLAGS: "", GOWORK: "off", GO111MODULE: "on" };

/** A quarter of a compiler's time goes into collecting memory that it could have kept: as many of them run as there are processors. */
function unhurriedCollector(): NodeJS.ProcessEnv {
  const share = os.totalmem() / 4 / os.availableParallelism();
  return { GOGC: "off", GOMEMLIMIT: `${Math.floor(Math.min(share / 2 ** 20, 2048))}MiB` };
}

async function go(args: string[], cwd: string, onLine?: (line: string) => void): Promise<{ stdout: string }> {
  const child = spawn("go", args, {
    cwd,
    env: { ...unhurriedCollector(), ...process.env, ...neutral },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let rest = "";
  const tail: string[] = [];
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => (stdout += chunk));
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      onLine?.(line);
      tail.push(line);
      if (tail.length > 20) tail.shift();
    }
  });
  const code = await new Promise<number | null>((resolve, reject) => child.on("error", reject).on("close", resolve));
  if (code !== 0) throw new Error(`go ${args[0]} failed (${code}):\n${[...tail, rest].join("\n").trim()}`);
  return { stdout };
}
