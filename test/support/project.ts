import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { projectRoot } from "../../cli/project";

const library = "pulumi-proxmox-cluster";

/** A program that uses the public surface as a user would, in JavaScript. */
const program = `"use strict";
const pulumi = require("@pulumi/pulumi");
const { CloudImage, Template, Vm } = require("${library}");

const config = new pulumi.Config("app");
const image = new CloudImage("debian", { ...config.requireObject("image"), node: "pve1", storage: "local" });
const template = new Template("debian-12", {
  node: "pve1",
  imageVolumeId: image.volumeId,
  disk: { storage: "local-lvm", sizeGiB: 4 },
  agent: true,
  networks: [{ bridge: "vmbr0" }],
  cloudInit: { user: "admin" },
});
const vm = new Vm("web-1", {
  source: { clone: { template: template.vmid } },
  networks: [{ bridge: "vmbr0" }],
  cloudInit: { user: "admin", addresses: [{ address: "dhcp" }] },
});
exports.ips = vm.ips;
`;

/** A project of its own, in a temporary folder, to which the library gets in one of the ways that users have. */
export function makeProject(install: (modules: string) => void): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "pulumi-project-"));
  const modules = path.join(folder, "node_modules");
  fs.mkdirSync(modules);
  fs.writeFileSync(path.join(folder, "package.json"), '{ "name": "app", "private": true }\n');
  fs.writeFileSync(path.join(folder, "program.js"), program);
  fs.writeFileSync(
    path.join(folder, "Pulumi.yaml"),
    "name: app\nmain: program.js\nruntime: { name: nodejs, options: { typescript: false } }\n",
  );
  const manifest = JSON.parse(fs.readFileSync(path.join(projectRoot, "package.json"), "utf8")) as {
    dependencies: Record<string, string>;
    peerDependencies: Record<string, string>;
  };
  // What a registry would give: its dependencies, from this repository's own installation.
  for (const name of [...Object.keys(manifest.dependencies), ...Object.keys(manifest.peerDependencies)])
    link(path.join(projectRoot, "node_modules", name), path.join(modules, name));
  install(modules);
  return folder;
}

/** As `npm install <tarball>` does it: packs the library and unpacks it. */
export function installTarball(modules: string): void {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "pulumi-tarball-"));
  // Without the scripts: what is tested is already built.
  const pack = ["pack", "--ignore-scripts", "--silent", "--pack-destination", folder];
  execFileSync("npm", pack, { cwd: projectRoot, stdio: ["ignore", "ignore", "pipe"] });
  const [tarball] = fs.readdirSync(folder);
  if (!tarball) throw new Error("npm pack made no tarball");
  const target = path.join(modules, library);
  fs.mkdirSync(target);
  execFileSync("tar", ["-xzf", path.join(folder, tarball), "-C", target, "--strip-components=1"]);
  fs.rmSync(folder, { recursive: true });
}

/** As a workspace or `npm link` does it: a link to the repository. */
export function linkRepository(modules: string): void {
  link(projectRoot, path.join(modules, library));
}

function link(target: string, name: string): void {
  fs.mkdirSync(path.dirname(name), { recursive: true });
  fs.symlinkSync(target, name);
}
