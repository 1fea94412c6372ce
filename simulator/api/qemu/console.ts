import type { Call, Json, Routes } from "../../call.js";
import { die, PveError } from "../../errors.js";
import { authorityOf } from "../../http/served-certificate.js";
import { randomHex } from "../../random.js";
import { bootDiskSize } from "../../qemu/boot-order.js";
import { loadVm, type Vm } from "../../qemu/context.js";
import { memoryOf } from "../../qemu/machine.js";
import { rrdData } from "../rrd.js";
import { vmContext, vmidOf } from "./vm-call.js";

const ONE = "/nodes/{node}/qemu/{vmid}";

/** Consoles, the monitor and statistics. */
export const consoleRoutes: Routes = {
  [`PUT ${ONE}/sendkey`]: (call) => {
    runningVm(call);
  },
  [`POST ${ONE}/monitor`]: (call) => monitor(call),
  [`POST ${ONE}/vncproxy`]: (call) => {
    const { cert } = authorityOf(call.simulation, call.node.cluster);
    return { ...openConsole(call), cert, password: randomHex(call.world, 8) };
  },
  [`POST ${ONE}/termproxy`]: (call) => openConsole(call),
  [`POST ${ONE}/spiceproxy`]: (call) => {
    if (!/^(qxl|virtio)/.test(runningVm(call).config.vga ?? "")) throw die("no spice port");
    throw new PveError(501, "spice is not simulated\n");
  },
  [`GET ${ONE}/vncwebsocket`]: () => {
    throw new PveError(401, "permission denied - invalid PVEVNC ticket\n");
  },
  [`GET ${ONE}/rrddata`]: (call) => {
    const { config } = loadVm(vmContext(call), vmidOf(call));
    const maxcpu = Number(config.sockets ?? 1) * Number(config.cores ?? 1);
    return rrdData(call, { maxcpu, maxmem: memoryOf(config) * 1024 * 1024, maxdisk: bootDiskSize(config), disk: 0 });
  },
};

function runningVm(call: Call): Vm {
  const vm = loadVm(vmContext(call), vmidOf(call));
  if (!vm.running) throw die(`VM ${vm.vmid} not running`);
  return vm;
}

/** QEMU's human monitor, of which only the state can be asked. */
function monitor(call: Call): string {
  const { running } = runningVm(call);
  const command = call.text("command");
  if (command === "info status") return `VM status: ${running?.paused ? "paused" : "running"}\r\n`;
  return `unknown command: '${command}'\r\n`;
}

/** A ticket for a console that nobody can connect to: the task ends when the wait for a client does. */
function openConsole(call: Call): Readonly<Record<string, Json | undefined>> {
  const vm = loadVm(vmContext(call), vmidOf(call));
  const active = call.node.tasks.filter((task) => task.status === undefined && task.type === "vncproxy").length;
  const upid = call.task("vncproxy", String(vm.vmid), function* () {
    yield 10_000;
  });
  const time = call.clock.seconds().toString(16).toUpperCase().padStart(8, "0");
  const ticket = `PVEVNC:${time}::${randomHex(call.world, 64)}`;
  return { user: call.user, ticket, port: String(5900 + active), upid };
}
