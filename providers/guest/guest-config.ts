import * as pulumi from "../kernel/program/sdk";
import { ProxmoxResource } from "../kernel/program/resource";
import type { GuestConfigArgs } from "./arguments.generated";

/**
 * What is set up in a guest once it runs and cloud-init is done: packages, files, scripts, and projects of Docker Compose. It goes
 * by the guest agent, so it needs no network to the guest and no login; with `ssh` it goes by SSH instead, for guests without an
 * agent. What somebody changes in the guest shows in
 * `pulumi refresh`. Deleting the resource takes away the files that it has written and nobody has changed; packages, what
 * scripts did and running containers stay.
 *
 * ```ts
 * const vm = new Vm("web-1", { source: { clone: { template: "debian-12" } }, agent: true });
 * new GuestConfig("web-1", {
 *   vmid: vm.vmid,
 *   packages: ["nginx"],
 *   files: [{ path: "/etc/nginx/conf.d/site.conf", content: "server { listen 80; }\n" }],
 *   scripts: [{ name: "reload", run: "systemctl reload nginx" }],
 * });
 * ```
 */
export class GuestConfig extends ProxmoxResource {
  /** VMID of the guest. */
  declare readonly vmid: pulumi.Output<number>;

  constructor(name: string, args: GuestConfigArgs, opts?: pulumi.CustomResourceOptions) {
    super(
      {
        kind: "GuestConfig",
        outputs: ["vmid"],
        sensitive: [
          "files[].content",
          "scripts[].run",
          "scripts[].check",
          "scripts[].environment.*",
          "compose[].content",
          "ssh.privateKey",
        ],
        oldGoesFirst: true,
        marked: true,
      },
      name,
      args,
      opts,
    );
  }
}
