import { projectRoot } from "../../cli/project";
import type { Simulator } from "../../simulator";
import { sshConfig, stackConfig, stackCredentials } from "./lab";
import type { Publisher } from "./publisher";
import { TestStack } from "./stack";

/** The public key of somebody who signs in as terraform. */
export const terraformKey =
  "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKEVFOdgFIkmXsX7A3pIUHoEJ2pLcQVvvpKPOqa8OaNC terraform@runner";

/** Config of the stack matrix for machines that are a cluster already, without Ceph. */
export function matrixConfig(sim: Simulator, publisher: Publisher): Record<string, unknown> {
  const { "proxmox:sshPassword": _, ...ssh } = sshConfig(sim);
  return {
    ...stackConfig(sim),
    ...ssh,
    "proxmox:username": "root@pam",
    "proxmox:vmids": "2000-2999",
    "pulumi-proxmox-cluster:adopt": true,
    "pulumi-proxmox-cluster:ceph": false,
    "pulumi-proxmox-cluster:imageMirror": publisher.origin,
    "pulumi-proxmox-cluster:terraformKeys": [terraformKey],
  };
}

/** Debian 12 as its publisher has it. */
export function debianMirror(publisher: Publisher): void {
  const { digest } = publisher.image("/bookworm/latest/debian-12-genericcloud-amd64.qcow2", "debian 12");
  publisher.text("/bookworm/latest/SHA512SUMS", `${digest}  debian-12-genericcloud-amd64.qcow2\n`);
}

/** This repository's own program with its stack matrix, on a simulated cluster and a mirror of its image. */
export function matrixStack(
  sim: Simulator,
  publisher: Publisher,
  project = projectRoot,
  config: Record<string, unknown> = {},
): Promise<TestStack> {
  debianMirror(publisher);
  return TestStack.create({
    project,
    stack: "matrix",
    env: { ...stackCredentials(sim), PROXMOX_PASSWORD: sim.password, PROXMOX_SSH_PASSWORD: sim.password },
    config: { ...matrixConfig(sim, publisher), ...config },
  });
}
