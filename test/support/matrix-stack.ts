import { projectRoot } from "../../cli/project";
import type { Simulator } from "../../simulator";
import { stackConfig, stackCredentials } from "./lab";
import type { Publisher } from "./publisher";
import { TestStack } from "./stack";

/** This repository's own program with its stack matrix, on a simulated cluster and a mirror of its image. */
export function matrixStack(sim: Simulator, publisher: Publisher): Promise<TestStack> {
  const { digest } = publisher.image("/bookworm/latest/debian-12-genericcloud-amd64.qcow2", "debian 12");
  publisher.text("/bookworm/latest/SHA512SUMS", `${digest}  debian-12-genericcloud-amd64.qcow2\n`);
  return TestStack.create({
    project: projectRoot,
    stack: "matrix",
    env: stackCredentials(sim),
    config: {
      ...stackConfig(sim),
      "proxmox:vmids": "2000-2999",
      "pulumi-proxmox-cluster:imageMirror": publisher.origin,
    },
  });
}
