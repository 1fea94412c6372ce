import type net from "node:net";
import { passwordOn } from "../access/passwords.js";
import { refuseUnreached } from "../network/refuse-unreached.js";
import { nodeState } from "../node/node-state.js";
import { QnetdFiles } from "../qnetd/qnetd-files.js";
import { runOnQnetd } from "../qnetd/qnetd-programs.js";
import type { Simulation } from "../simulation.js";
import type { NodeSsh } from "../world/node-ssh.js";
import type { QnetdMachine } from "../world/qnetd.js";
import { runLine } from "./commands.js";
import { FileSystem } from "./file-system.js";
import type { Files } from "./machine-files.js";
import { sshOf } from "./host-key.js";
import { hasKeys } from "./key-link.js";
import type { Ended } from "./ssh-record.js";

/** A session: its files, and what a command line comes to. */
interface MachineSession {
  readonly files: Files;
  run(line: string, stdin: string): Ended;
}

/** A machine as its sshd knows it. */
export interface SshMachine {
  readonly name: string;
  ssh(): NodeSsh;
  isOff(): boolean;
  /** Takes care of a connection that nobody would answer; true when it did. */
  refuses(socket: net.Socket): boolean;
  /** Lines of the keys that root signs in with, as sshd reads them now. */
  keys(): readonly string[];
  /** Root's; undefined where it has none. */
  password(): string | undefined;
  session(): MachineSession;
}

export function nodeMachine(simulation: Simulation, name: string): SshMachine {
  const node = () => simulation.node(name);
  return {
    name,
    ssh: () => sshOf(node()),
    isOff: () => nodeState(node()) === "off",
    refuses: (socket) => refuseUnreached(simulation, node(), socket, "ssh"),
    keys() {
      if (!hasKeys(node())) return [];
      const file = new FileSystem(simulation, node()).read("/root/.ssh/authorized_keys");
      return [
        ...sshOf(node()).authorizedKeys,
        ...Buffer.from(file?.content ?? "", "base64")
          .toString("utf8")
          .split("\n"),
      ];
    },
    password: () => passwordOn(node(), simulation.clusterOf(node()), "root@pam"),
    session() {
      const files = new FileSystem(simulation, node());
      return { files, run: (line, stdin) => runLine({ files, stdin, simulation, node: node() }, line) };
    },
  };
}

export function qnetdMachine(simulation: Simulation, machine: QnetdMachine): SshMachine {
  return {
    name: machine.name,
    ssh: () => sshOf(machine),
    isOff: () => machine.state === "off",
    refuses: () => false,
    keys: () => sshOf(machine).authorizedKeys,
    password: () => undefined,
    session: () => ({
      files: new QnetdFiles(simulation, machine),
      run: (line) => runOnQnetd(simulation, machine, line),
    }),
  };
}
