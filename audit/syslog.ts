import dgram from "node:dgram";
import os from "node:os";
import { readLine } from "./audit-line";

/** What every receiver should take (RFC 5424, section 6.1): what is longer is cut, for the file has it whole. */
const longest = 2048;

/** Notices of the facility audit (RFC 5424, section 6.2.1). */
const priority = 13 * 8 + 5;

/** Sends lines to a syslog server by UDP, which tells nobody whether they arrive: the file is the trail. */
export class Syslog {
  private readonly host: string;
  private readonly port: number;
  private socket: dgram.Socket | undefined;

  constructor(
    address: string,
    private readonly warn: (message: string) => void,
  ) {
    const { hostname, port } = new URL(address);
    this.host = hostname.replace(/^\[|\]$/g, "");
    this.port = port === "" ? 514 : Number(port);
  }

  /** A line as it was written to the file: ASCII, with its time. */
  send(line: string): void {
    const time = readLine(line.trimEnd())?.line.time ?? "-";
    const host =
      os
        .hostname()
        .replace(/[^\x21-\x7e]/g, "-")
        .slice(0, 255) || "-";
    const header = `<${priority}>1 ${time} ${host} pulumi-proxmox ${process.pid} audit -`;
    const message = `${header} ${line.trimEnd()}`.slice(0, longest);
    if (!this.socket) {
      this.socket = dgram.createSocket(this.host.includes(":") ? "udp6" : "udp4");
      this.socket.on("error", (error) =>
        this.warn(`a line of the audit trail did not get to syslog: ${error.message}`),
      );
      this.socket.unref();
    }
    this.socket.send(message, this.port, this.host, (error) => {
      if (error) this.warn(`a line of the audit trail did not get to syslog: ${error.message}`);
    });
  }
}
