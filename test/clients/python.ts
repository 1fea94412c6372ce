import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { outFolder } from "../support/environment";

/** The environment for the clients that are written in Python; the tests' folder for results holds it. */
const folder = path.join(outFolder, "clients-venv");
const installing = 300_000;

/** Installs what `requirements.txt` lists, unless this very list is installed already; returns the programs' folder. */
export function pythonClients(requirements: string): string {
  const wanted = fs.readFileSync(requirements, "utf8");
  const noted = path.join(folder, "installed.txt");
  const bin = path.join(folder, "bin");
  if (fs.existsSync(noted) && fs.readFileSync(noted, "utf8") === wanted) return bin;
  run("python3", "-m", "venv", "--clear", folder);
  run(path.join(bin, "pip"), "install", "--quiet", "--disable-pip-version-check", "--requirement", requirements);
  fs.writeFileSync(noted, wanted);
  return bin;
}

function run(command: string, ...args: string[]): void {
  const { error, status, stdout, stderr } = spawnSync(command, args, { encoding: "utf8", timeout: installing });
  if (error) throw new Error(`${command} ${args.join(" ")}: ${error.message}`);
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} ended with ${status}:\n${stdout}${stderr}`);
}
