import { die } from "../errors.js";
import type { Json } from "../call.js";
import { guestNames } from "./cloudinit.js";
import type { Vm, VmContext } from "./context.js";
import { guestInterfaces } from "./guest-network.js";
import { memoryOf } from "./machine.js";
import { ownHostName } from "./nocloud.js";
import { poweredOff } from "./power.js";

const MIB = 1024 * 1024;

/** Commands of the guest agent without parameters, with the method that each is called by. */
export const agentCommands: Readonly<Record<string, "GET" | "POST">> = {
  "fsfreeze-freeze": "POST",
  "fsfreeze-status": "POST",
  "fsfreeze-thaw": "POST",
  fstrim: "POST",
  "get-fsinfo": "GET",
  "get-host-name": "GET",
  "get-memory-block-info": "GET",
  "get-memory-blocks": "GET",
  "get-osinfo": "GET",
  "get-time": "GET",
  "get-timezone": "GET",
  "get-users": "GET",
  "get-vcpus": "GET",
  info: "GET",
  "network-get-interfaces": "GET",
  ping: "POST",
  shutdown: "POST",
  "suspend-disk": "POST",
  "suspend-hybrid": "POST",
  "suspend-ram": "POST",
};

/** What the guest answers to a command without parameters. */
export function answerCommand(context: VmContext, vm: Vm, command: string): Json {
  const { running } = vm;
  if (!running) throw die("QEMU guest agent is not running");
  const answers: Record<string, () => Json> = {
    ping: () => ({}),
    "network-get-interfaces": () => guestInterfaces(context, vm) as unknown as Json,
    "get-host-name": () => ({ "host-name": ownHostName(context, vm) ?? guestNames(vm.config, vm.vmid).hostname }),
    "get-time": () => context.clock.now() * 1_000_000,
    "get-timezone": () => ({ zone: "UTC", offset: 0 }),
    "get-osinfo": () => osInfo(),
    "get-users": () => [],
    "get-vcpus": () => vcpus(vm),
    "get-fsinfo": () => [],
    "get-memory-block-info": () => ({ size: 128 * MIB }),
    "get-memory-blocks": () => memoryBlocks(vm),
    "fsfreeze-status": () => (running.frozen ? "frozen" : "thawed"),
    "fsfreeze-freeze": () => {
      running.frozen = true;
      return 0;
    },
    "fsfreeze-thaw": () => {
      delete running.frozen;
      return 0;
    },
    fstrim: () => ({ paths: [] }),
    info: () => ({ version: "10.0.2", supported_commands: supportedCommands() }),
    shutdown: () => {
      context.clock.schedule(2500, () => {
        if (vm.running === running) poweredOff(context, vm, () => undefined);
      });
      return null;
    },
    "suspend-disk": () => null,
    "suspend-hybrid": () => null,
    "suspend-ram": () => null,
  };
  return answers[command]?.() ?? null;
}

function osInfo(): Json {
  return {
    id: "debian",
    name: "Debian GNU/Linux",
    "pretty-name": "Debian GNU/Linux 13 (trixie)",
    version: "13 (trixie)",
    "version-id": "13",
    machine: "x86_64",
    "kernel-release": "6.12.0-amd64",
    "kernel-version": "#1 SMP PREEMPT_DYNAMIC Debian",
  };
}

function vcpus(vm: Vm): Json {
  const count = Number(vm.config.sockets ?? 1) * Number(vm.config.cores ?? 1);
  return Array.from({ length: count }, (_, index) => ({
    "logical-id": index,
    online: true,
    "can-offline": index > 0,
  }));
}

function memoryBlocks(vm: Vm): Json {
  return Array.from({ length: Math.max(1, Math.floor(memoryOf(vm.config) / 128)) }, (_, index) => ({
    "phys-index": index,
    online: true,
    "can-offline": true,
  }));
}

function supportedCommands(): Json {
  const names = [...Object.keys(agentCommands), "exec", "exec-status", "file-open", "set-user-password"];
  return names.map((name) => ({ name: `guest-${name}`, enabled: true, "success-response": true }));
}
