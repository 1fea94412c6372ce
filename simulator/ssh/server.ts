import net from "node:net";
import type { AuthContext, Connection, Server, Session } from "ssh2";
import type { Simulation } from "../simulation.js";
import type { Ended, SshRecord } from "./ssh-record.js";
import { hostKeyFingerprint, ssh2 } from "./host-key.js";
import type { SshMachine } from "./machines.js";
import { serveSftp } from "./sftp.js";

/** sshd of one machine on a loopback port. */
export class SshServer {
  private readonly listener: net.Server;
  private readonly sockets = new Set<net.Socket>();
  private server: Server | undefined;

  constructor(
    private readonly simulation: Simulation,
    private readonly machine: SshMachine,
  ) {
    this.listener = net.createServer((socket) => this.accept(socket));
    const ends = simulation.connections.get(machine.name) ?? [];
    simulation.connections.set(machine.name, [...ends, () => this.sockets.forEach((socket) => socket.destroy())]);
  }

  async listen(port: number, host: string): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.listener.once("error", reject);
      this.listener.listen(port, host, resolve);
    });
  }

  get port(): number {
    return (this.listener.address() as net.AddressInfo).port;
  }

  get fingerprint(): string {
    return hostKeyFingerprint({ name: this.machine.name, ssh: this.machine.ssh() });
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise<void>((resolve) => this.listener.close(() => resolve()));
  }

  private accept(socket: net.Socket): void {
    if (this.machine.isOff()) return void socket.destroy();
    this.sockets.add(socket);
    socket.on("close", () => this.sockets.delete(socket));
    if (this.machine.refuses(socket)) return;
    this.server ??= new (ssh2().Server)({ hostKeys: [this.machine.ssh().hostKey.private] }, (client) =>
      this.serve(client),
    );
    // As sshd does.
    socket.setNoDelay(true);
    this.server.injectSocket(socket);
  }

  private serve(client: Connection): void {
    // A client that goes away in the middle is no matter of the server's.
    client.on("error", () => undefined);
    client.on("authentication", (context) => this.authenticate(context));
    client.on("session", (accept) => this.session(accept()));
  }

  private authenticate(context: AuthContext): void {
    const isRoot = context.username === "root";
    if (context.method === "password") {
      const password = this.machine.password();
      const right = isRoot && context.password !== "" && context.password === password;
      this.note("login", "password", right ? 0 : 1);
      return right ? context.accept() : context.reject(["publickey", "password"]);
    }
    if (context.method === "publickey") {
      const { key, signature, blob, hashAlgo } = context;
      const known = this.machine
        .keys()
        .find((line) => Buffer.from(line.split(" ")[1] ?? "", "base64").equals(key.data));
      const parsed = known === undefined ? undefined : ssh2().utils.parseKey(known);
      if (isRoot && parsed && !(parsed instanceof Error)) {
        // Without a signature the client only asks whether the key would do.
        if (!signature) return context.accept();
        if (blob && parsed.verify(blob, signature, hashAlgo) === true) {
          this.note("login", "publickey", 0);
          return context.accept();
        }
      }
      this.note("login", "publickey", 1);
    }
    context.reject(["publickey", "password"]);
  }

  private session(session: Session): void {
    const { files, run } = this.machine.session();
    session.on("exec", (accept, _reject, { command }) => {
      const channel = accept();
      let stdin = "";
      channel.on("data", (chunk: Buffer) => (stdin += chunk.toString("utf8")));
      const finish = async (): Promise<void> => {
        const { simulation } = this;
        const ended: Ended = simulation.faults.duringRequest(`SSH ${command}`, () => run(command, stdin));
        simulation.keeper?.changed();
        simulation.keeper?.flush();
        // what never ends by itself ends with the connection
        if (ended.seconds === Infinity) return;
        if (ended.seconds !== undefined) await simulation.clock.sleep(ended.seconds * 1000);
        this.note("exec", command, ended.code, ended);
        // whoever asked may have gone away meanwhile
        if (!channel.writable) return;
        if (ended.stdout !== undefined) channel.write(ended.stdout);
        if (ended.stderr !== undefined && channel.stderr.writable) channel.stderr.write(ended.stderr);
        channel.exit(ended.code);
        channel.end();
      };
      channel.on("end", () => void finish());
    });
    session.on("sftp", (accept) =>
      serveSftp(accept(), files, (what, code, mode) => this.note("sftp", what, code, {}, mode)),
    );
  }

  private note(kind: SshRecord["kind"], what: string, code: number, ended: Partial<Ended> = {}, mode?: number): void {
    this.simulation.noteSsh(this.machine, kind, what, { ...ended, code }, mode);
  }
}
