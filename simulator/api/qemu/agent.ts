import type { Call, Json, Method, Routes } from "../../call.js";
import { die } from "../../errors.js";
import { UnreachableNode } from "../../proxy.js";
import { loadVm, type Vm, type VmContext } from "../../qemu/context.js";
import { agentCommands, answerCommand } from "../../qemu/guest-commands.js";
import {
  NoSuchCommand,
  processStatus,
  readGuestFile,
  startProcess,
  writeGuestFile,
} from "../../qemu/guest-processes.js";
import { guestSystem } from "../../qemu/guest-system.js";
import { vmContext, vmidOf } from "./vm-call.js";

const PATH = "/nodes/{node}/qemu/{vmid}/agent";
const WITH_PARAMETERS = ["exec", "exec-status", "file-read", "file-write", "set-user-password"];

const WIDE_CHARACTER = "Wide character in subroutine entry at /usr/share/perl5/PVE/API2/Qemu/Agent.pm line 500.";

const simple = Object.fromEntries(
  Object.entries(agentCommands).map(([command, method]) => [
    `${method} ${PATH}/${command}` as `${Method} /${string}`,
    (call: Call) => command_(call, command),
  ]),
);

export const agentRoutes: Routes = {
  [`GET ${PATH}`]: () => [...Object.keys(agentCommands), ...WITH_PARAMETERS].sort().map((name) => ({ name })),
  [`POST ${PATH}`]: (call) => command_(call, call.text("command")),
  ...simple,
  [`POST ${PATH}/exec`]: (call) => execute(call),
  [`GET ${PATH}/exec-status`]: (call) => {
    const { context, vm } = withAgent(call);
    return processStatus(context, vm, Number(call.text("pid")));
  },
  [`POST ${PATH}/file-write`]: (call) => {
    const { vm } = withAgent(call);
    const content = call.text("content");
    const encode = call.flag("encode", true);
    // Perl's encode_base64 takes bytes only; what fits into one is written as that byte
    if (encode && /[^\0-\xff]/.test(content)) throw die(WIDE_CHARACTER);
    const bytes = Buffer.from(content, encode ? "latin1" : "base64");
    writeGuestFile(vm, call.text("file"), bytes.toString("utf8"));
  },
  [`GET ${PATH}/file-read`]: (call) => {
    const content = readGuestFile(withAgent(call).vm, call.text("file"));
    return { content, "bytes-read": Buffer.byteLength(content) };
  },
  [`POST ${PATH}/set-user-password`]: (call) => {
    withAgent(call);
    return { result: {} };
  },
};

/** The VM, whose agent must answer (`assert_agent_available`). */
function withAgent(call: Call): { context: VmContext; vm: Vm } {
  const context = vmContext(call);
  const vm = loadVm(context, vmidOf(call));
  if (vm.config.agent === undefined) throw die("No QEMU guest agent configured");
  if (!vm.running) throw die(`VM ${vm.vmid} is not running`);
  const system = guestSystem(context, vm);
  if (!system?.booted || !system.agent) throw die("QEMU guest agent is not running");
  return { context, vm };
}

function command_(call: Call, command: string): Json {
  const { context, vm } = withAgent(call);
  return { result: answerCommand(context, vm, command) };
}

function execute(call: Call): Json {
  const { context, vm } = withAgent(call);
  try {
    return { pid: startProcess(context, vm, call.arrays.command ?? [], call.params["input-data"] ?? "") };
  } catch (error) {
    // the agent's quotes are no ASCII and kill the worker that would pass them on
    if (error instanceof NoSuchCommand) throw new UnreachableNode(596, "Broken pipe", 0);
    throw error;
  }
}
