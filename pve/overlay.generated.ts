// Written by scripts/overlay.ts from contract/; do not edit.
import type { WireObject } from "./wire";

/** The reply is as proxmox-api declares it; only parameters are added. */
export interface Declared {
  readonly declared: unique symbol;
}

/** What Proxmox VE 9.2 has and proxmox-api's declarations (Proxmox VE 8) lack. */
export interface Additions {
  readonly "cluster": {
    readonly "ha": {
      readonly "resources": {
        $post(param?: { readonly "failback"?: boolean | 0 | 1; }): Promise<Declared>;
        $(id: string): {
          $delete(param?: { readonly "purge"?: boolean | 0 | 1; }): Promise<Declared>;
          $put(param?: { readonly "failback"?: boolean | 0 | 1; }): Promise<Declared>;
        };
      };
      readonly "rules": {
        $get(param?: { readonly "resource"?: string; readonly "type"?: "node-affinity" | "resource-affinity"; }): Promise<readonly unknown[]>;
        $post(param: { readonly "affinity"?: "positive" | "negative"; readonly "comment"?: string; readonly "disable"?: boolean | 0 | 1; readonly "nodes"?: string; readonly "resources": string; readonly "rule": string; readonly "strict"?: boolean | 0 | 1; readonly "type": "node-affinity" | "resource-affinity"; }): Promise<null>;
        $(id: string): {
          $delete(): Promise<null>;
          $get(): Promise<WireObject>;
          $put(param: { readonly "affinity"?: "positive" | "negative"; readonly "comment"?: string; readonly "delete"?: string; readonly "digest"?: string; readonly "disable"?: boolean | 0 | 1; readonly "nodes"?: string; readonly "resources"?: string; readonly "strict"?: boolean | 0 | 1; readonly "type": "node-affinity" | "resource-affinity"; }): Promise<null>;
        };
      };
      readonly "status": {
        readonly "arm-ha": { $post(): Promise<null>; };
        readonly "disarm-ha": { $post(param: { readonly "resource-mode": "freeze" | "ignore"; }): Promise<null>; };
      };
    };
    readonly "mapping": {
      readonly "dir": {
        $get(param?: { readonly "check-node"?: string; }): Promise<readonly unknown[]>;
        $post(param: { readonly "description"?: string; readonly "id": string; readonly "map": readonly (string | number)[]; }): Promise<null>;
        $(id: string): {
          $delete(): Promise<null>;
          $get(): Promise<WireObject>;
          $put(param?: { readonly "delete"?: string; readonly "description"?: string; readonly "digest"?: string; readonly "map"?: readonly (string | number)[]; }): Promise<null>;
        };
      };
      readonly "pci": {
        $post(param?: { readonly "live-migration-capable"?: boolean | 0 | 1; }): Promise<Declared>;
        $(id: string): { $put(param?: { readonly "live-migration-capable"?: boolean | 0 | 1; }): Promise<Declared>; };
      };
    };
    readonly "notifications": {
      readonly "endpoints": {
        readonly "webhook": {
          $get(): Promise<readonly unknown[]>;
          $post(param: { readonly "body"?: string; readonly "comment"?: string; readonly "disable"?: boolean | 0 | 1; readonly "header"?: readonly (string | number)[]; readonly "method": "post" | "put" | "get"; readonly "name": string; readonly "secret"?: readonly (string | number)[]; readonly "url": string; }): Promise<null>;
          $(id: string): {
            $delete(): Promise<null>;
            $get(): Promise<WireObject>;
            $put(param?: { readonly "body"?: string; readonly "comment"?: string; readonly "delete"?: readonly (string | number)[]; readonly "digest"?: string; readonly "disable"?: boolean | 0 | 1; readonly "header"?: readonly (string | number)[]; readonly "method"?: "post" | "put" | "get"; readonly "secret"?: readonly (string | number)[]; readonly "url"?: string; }): Promise<null>;
          };
        };
      };
      readonly "matcher-field-values": { $get(): Promise<readonly unknown[]>; };
      readonly "matcher-fields": { $get(): Promise<readonly unknown[]>; };
    };
    readonly "sdn": {
      $put(param?: { readonly "lock-token"?: string; readonly "release-lock"?: boolean | 0 | 1; }): Promise<Declared>;
      readonly "controllers": {
        $post(param?: { readonly "fabric"?: string; readonly "lock-token"?: string; }): Promise<Declared>;
        $(id: string): {
          $delete(param?: { readonly "lock-token"?: string; }): Promise<Declared>;
          $put(param?: { readonly "fabric"?: string; readonly "lock-token"?: string; }): Promise<Declared>;
        };
      };
      readonly "dns": {
        $post(param?: { readonly "fingerprint"?: string; readonly "lock-token"?: string; }): Promise<Declared>;
        $(id: string): {
          $delete(param?: { readonly "lock-token"?: string; }): Promise<Declared>;
          $put(param?: { readonly "fingerprint"?: string; readonly "lock-token"?: string; }): Promise<Declared>;
        };
      };
      readonly "fabrics": {
        $get(): Promise<readonly unknown[]>;
        readonly "fabric": {
          $get(param?: { readonly "pending"?: boolean | 0 | 1; readonly "running"?: boolean | 0 | 1; }): Promise<readonly unknown[]>;
          $post(param: { readonly "area"?: string; readonly "csnp_interval"?: number | string; readonly "digest"?: string; readonly "hello_interval"?: number | string; readonly "id": string; readonly "ip6_prefix"?: string; readonly "ip_prefix"?: string; readonly "lock-token"?: string; readonly "protocol": "openfabric" | "ospf"; }): Promise<null>;
          $(id: string): {
            $delete(): Promise<null>;
            $get(): Promise<WireObject>;
            $put(param: { readonly "area"?: string; readonly "csnp_interval"?: number | string; readonly "delete": readonly (string | number)[]; readonly "digest"?: string; readonly "hello_interval"?: number | string; readonly "ip6_prefix"?: string; readonly "ip_prefix"?: string; readonly "lock-token"?: string; readonly "protocol": "openfabric" | "ospf"; }): Promise<null>;
          };
        };
        readonly "node": {
          $get(param?: { readonly "pending"?: boolean | 0 | 1; readonly "running"?: boolean | 0 | 1; }): Promise<readonly unknown[]>;
          $(id: string): {
            $get(param?: { readonly "pending"?: boolean | 0 | 1; readonly "running"?: boolean | 0 | 1; }): Promise<readonly unknown[]>;
            $post(param: { readonly "digest"?: string; readonly "interfaces": readonly (string | number)[]; readonly "ip"?: string; readonly "ip6"?: string; readonly "lock-token"?: string; readonly "node_id": string; readonly "protocol": "openfabric" | "ospf"; }): Promise<null>;
            $(id: string): {
              $delete(): Promise<null>;
              $get(): Promise<unknown>;
              $put(param: { readonly "delete"?: readonly (string | number)[]; readonly "digest"?: string; readonly "interfaces": readonly (string | number)[]; readonly "ip"?: string; readonly "ip6"?: string; readonly "lock-token"?: string; readonly "protocol": "openfabric" | "ospf"; }): Promise<null>;
            };
          };
        };
        readonly "all": { $get(param?: { readonly "pending"?: boolean | 0 | 1; readonly "running"?: boolean | 0 | 1; }): Promise<WireObject>; };
      };
      readonly "ipams": {
        $post(param?: { readonly "fingerprint"?: string; readonly "lock-token"?: string; }): Promise<Declared>;
        $(id: string): {
          $delete(param?: { readonly "lock-token"?: string; }): Promise<Declared>;
          $put(param?: { readonly "fingerprint"?: string; readonly "lock-token"?: string; }): Promise<Declared>;
        };
      };
      readonly "lock": {
        $delete(param?: { readonly "force"?: boolean | 0 | 1; readonly "lock-token"?: string; }): Promise<null>;
        $post(param?: { readonly "allow-pending"?: boolean | 0 | 1; }): Promise<string>;
      };
      readonly "vnets": {
        $post(param?: { readonly "isolate-ports"?: boolean | 0 | 1; readonly "lock-token"?: string; }): Promise<Declared>;
        $(id: string): {
          $delete(param?: { readonly "lock-token"?: string; }): Promise<Declared>;
          $put(param?: { readonly "isolate-ports"?: boolean | 0 | 1; readonly "lock-token"?: string; }): Promise<Declared>;
          readonly "firewall": {
            $get(): Promise<readonly unknown[]>;
            readonly "rules": {
              $get(): Promise<readonly unknown[]>;
              $post(param: { readonly "action": string; readonly "comment"?: string; readonly "dest"?: string; readonly "digest"?: string; readonly "dport"?: string; readonly "enable"?: number | string; readonly "icmp-type"?: string; readonly "iface"?: string; readonly "log"?: "emerg" | "alert" | "crit" | "err" | "warning" | "notice" | "info" | "debug" | "nolog"; readonly "macro"?: string; readonly "pos"?: number | string; readonly "proto"?: string; readonly "source"?: string; readonly "sport"?: string; readonly "type": "in" | "out" | "forward" | "group"; }): Promise<null>;
              $(id: number): {
                $delete(param?: { readonly "digest"?: string; }): Promise<null>;
                $get(): Promise<WireObject>;
                $put(param?: { readonly "action"?: string; readonly "comment"?: string; readonly "delete"?: string; readonly "dest"?: string; readonly "digest"?: string; readonly "dport"?: string; readonly "enable"?: number | string; readonly "icmp-type"?: string; readonly "iface"?: string; readonly "log"?: "emerg" | "alert" | "crit" | "err" | "warning" | "notice" | "info" | "debug" | "nolog"; readonly "macro"?: string; readonly "moveto"?: number | string; readonly "proto"?: string; readonly "source"?: string; readonly "sport"?: string; readonly "type"?: "in" | "out" | "forward" | "group"; }): Promise<null>;
              };
            };
            readonly "options": {
              $get(): Promise<WireObject>;
              $put(param?: { readonly "delete"?: string; readonly "digest"?: string; readonly "enable"?: boolean | 0 | 1; readonly "log_level_forward"?: "emerg" | "alert" | "crit" | "err" | "warning" | "notice" | "info" | "debug" | "nolog"; readonly "policy_forward"?: "ACCEPT" | "DROP"; }): Promise<null>;
            };
          };
          readonly "subnets": {
            $post(param?: { readonly "lock-token"?: string; }): Promise<Declared>;
            $(id: string): {
              $delete(param?: { readonly "lock-token"?: string; }): Promise<Declared>;
              $put(param?: { readonly "lock-token"?: string; }): Promise<Declared>;
            };
          };
        };
      };
      readonly "zones": {
        $post(param?: { readonly "fabric"?: string; readonly "lock-token"?: string; }): Promise<Declared>;
        $(id: string): {
          $delete(param?: { readonly "lock-token"?: string; }): Promise<Declared>;
          $put(param?: { readonly "fabric"?: string; readonly "lock-token"?: string; }): Promise<Declared>;
        };
      };
      readonly "dry-run": { $get(param: { readonly "node": string; }): Promise<WireObject>; };
      readonly "rollback": { $post(param?: { readonly "lock-token"?: string; readonly "release-lock"?: boolean | 0 | 1; }): Promise<null>; };
    };
    readonly "bulk-action": {
      $get(): Promise<readonly unknown[]>;
      readonly "guest": {
        $get(): Promise<readonly unknown[]>;
        readonly "migrate": { $post(param: { readonly "max-workers"?: number | string; readonly "maxworkers"?: number | string; readonly "online"?: boolean | 0 | 1; readonly "target": string; readonly "vms"?: readonly (string | number)[]; readonly "with-local-disks"?: boolean | 0 | 1; }): Promise<string>; };
        readonly "shutdown": { $post(param?: { readonly "force-stop"?: boolean | 0 | 1; readonly "max-workers"?: number | string; readonly "maxworkers"?: number | string; readonly "timeout"?: number | string; readonly "vms"?: readonly (string | number)[]; }): Promise<string>; };
        readonly "start": { $post(param?: { readonly "max-workers"?: number | string; readonly "maxworkers"?: number | string; readonly "timeout"?: number | string; readonly "vms"?: readonly (string | number)[]; }): Promise<string>; };
        readonly "suspend": { $post(param?: { readonly "max-workers"?: number | string; readonly "maxworkers"?: number | string; readonly "statestorage"?: string; readonly "to-disk"?: boolean | 0 | 1; readonly "vms"?: readonly (string | number)[]; }): Promise<string>; };
      };
    };
    readonly "metrics": {
      readonly "export": { $get(param?: { readonly "history"?: boolean | 0 | 1; readonly "local-only"?: boolean | 0 | 1; readonly "node-list"?: string; readonly "start-time"?: number | string; }): Promise<WireObject>; };
      readonly "server": {
        $(id: string): {
          $post(param?: { readonly "otel-compression"?: "none" | "gzip"; readonly "otel-headers"?: string; readonly "otel-max-body-size"?: number | string; readonly "otel-path"?: string; readonly "otel-protocol"?: "http" | "https"; readonly "otel-resource-attributes"?: string; readonly "otel-timeout"?: number | string; readonly "otel-verify-ssl"?: boolean | 0 | 1; }): Promise<Declared>;
          $put(param?: { readonly "otel-compression"?: "none" | "gzip"; readonly "otel-headers"?: string; readonly "otel-max-body-size"?: number | string; readonly "otel-path"?: string; readonly "otel-protocol"?: "http" | "https"; readonly "otel-resource-attributes"?: string; readonly "otel-timeout"?: number | string; readonly "otel-verify-ssl"?: boolean | 0 | 1; }): Promise<Declared>;
        };
      };
    };
    readonly "backup": {
      $post(param?: { readonly "fleecing"?: string; readonly "notification-mode"?: "auto" | "legacy-sendmail" | "notification-system"; readonly "pbs-change-detection-mode"?: "legacy" | "data" | "metadata"; }): Promise<Declared>;
      $(id: string): { $put(param?: { readonly "fleecing"?: string; readonly "notification-mode"?: "auto" | "legacy-sendmail" | "notification-system"; readonly "pbs-change-detection-mode"?: "legacy" | "data" | "metadata"; }): Promise<Declared>; };
    };
    readonly "config": { $post(param?: { readonly "token-coefficient"?: number | string; }): Promise<Declared>; };
    readonly "firewall": {
      readonly "options": { $put(param?: { readonly "policy_forward"?: "ACCEPT" | "DROP"; }): Promise<Declared>; };
    };
    readonly "options": { $put(param?: { readonly "consent-text"?: string; readonly "location"?: string; readonly "replication"?: string; }): Promise<Declared>; };
  };
  readonly "nodes": {
    $(id: string): {
      readonly "lxc": {
        $post(param?: { readonly [key: `dev${number}`]: string; readonly "entrypoint"?: string; readonly "env"?: string; readonly "ha-managed"?: boolean | 0 | 1; readonly [key: `mp${number}`]: string; readonly [key: `net${number}`]: string; readonly [key: `unused${number}`]: string; }): Promise<Declared>;
        $(id: number): {
          readonly "snapshot": {
            $(id: string): {
              $delete(param?: { readonly "force"?: boolean | 0 | 1; }): Promise<Declared>;
              $get(): Promise<readonly unknown[]>;
            };
          };
          readonly "migrate": { $get(param?: { readonly "target"?: string; }): Promise<WireObject>; };
          readonly "status": {
            readonly "stop": { $post(param?: { readonly "overrule-shutdown"?: boolean | 0 | 1; }): Promise<Declared>; };
          };
          readonly "config": { $put(param?: { readonly [key: `dev${number}`]: string; readonly "entrypoint"?: string; readonly "env"?: string; readonly [key: `mp${number}`]: string; readonly [key: `net${number}`]: string; readonly [key: `unused${number}`]: string; }): Promise<Declared>; };
        };
      };
      readonly "qemu": {
        $post(param?: { readonly "allow-ksm"?: boolean | 0 | 1; readonly "amd-sev"?: string; readonly "ha-managed"?: boolean | 0 | 1; readonly [key: `hostpci${number}`]: string; readonly "import-working-storage"?: string; readonly "intel-tdx"?: string; readonly [key: `ipconfig${number}`]: string; readonly [key: `net${number}`]: string; readonly [key: `numa${number}`]: string; readonly [key: `sata${number}`]: string; readonly [key: `scsi${number}`]: string; readonly [key: `unused${number}`]: string; readonly [key: `usb${number}`]: string; readonly [key: `virtio${number}`]: string; readonly [key: `virtiofs${number}`]: string; }): Promise<Declared>;
        $(id: number): {
          readonly "snapshot": {
            $(id: string): {
              $delete(param?: { readonly "force"?: boolean | 0 | 1; }): Promise<Declared>;
              $get(): Promise<readonly unknown[]>;
            };
          };
          readonly "agent": {
            readonly "file-read": { $get(param?: { readonly "count"?: number | string; readonly "decode"?: boolean | 0 | 1; readonly "offset"?: number | string; }): Promise<Declared>; };
          };
          readonly "config": {
            $post(param?: { readonly "allow-ksm"?: boolean | 0 | 1; readonly "amd-sev"?: string; readonly [key: `hostpci${number}`]: string; readonly "import-working-storage"?: string; readonly "intel-tdx"?: string; readonly [key: `ipconfig${number}`]: string; readonly [key: `net${number}`]: string; readonly [key: `numa${number}`]: string; readonly [key: `sata${number}`]: string; readonly [key: `scsi${number}`]: string; readonly [key: `unused${number}`]: string; readonly [key: `usb${number}`]: string; readonly [key: `virtio${number}`]: string; readonly [key: `virtiofs${number}`]: string; }): Promise<Declared>;
            $put(param?: { readonly "allow-ksm"?: boolean | 0 | 1; readonly "amd-sev"?: string; readonly [key: `hostpci${number}`]: string; readonly "intel-tdx"?: string; readonly [key: `ipconfig${number}`]: string; readonly [key: `net${number}`]: string; readonly [key: `numa${number}`]: string; readonly [key: `sata${number}`]: string; readonly [key: `scsi${number}`]: string; readonly [key: `unused${number}`]: string; readonly [key: `usb${number}`]: string; readonly [key: `virtio${number}`]: string; readonly [key: `virtiofs${number}`]: string; }): Promise<Declared>;
          };
          readonly "dbus-vmstate": { $post(param: { readonly "action": "start" | "stop"; }): Promise<null>; };
          readonly "migrate": { $post(param?: { readonly "with-conntrack-state"?: boolean | 0 | 1; }): Promise<Declared>; };
          readonly "status": {
            readonly "start": { $post(param?: { readonly "nets-host-mtu"?: string; readonly "with-conntrack-state"?: boolean | 0 | 1; }): Promise<Declared>; };
            readonly "stop": { $post(param?: { readonly "overrule-shutdown"?: boolean | 0 | 1; }): Promise<Declared>; };
          };
        };
      };
      readonly "capabilities": {
        readonly "qemu": {
          readonly "cpu": { $get(param?: { readonly "arch"?: "x86_64" | "aarch64"; }): Promise<Declared>; };
          readonly "cpu-flags": { $get(param?: { readonly "arch"?: "x86_64" | "aarch64"; }): Promise<readonly unknown[]>; };
          readonly "machines": { $get(param?: { readonly "arch"?: "x86_64" | "aarch64"; }): Promise<Declared>; };
          readonly "migration": { $get(): Promise<WireObject>; };
        };
      };
      readonly "query-oci-repo-tags": { $get(param: { readonly "reference": string; }): Promise<readonly unknown[]>; };
      readonly "sdn": {
        readonly "fabrics": {
          $(id: string): {
            $get(): Promise<readonly unknown[]>;
            readonly "interfaces": { $get(): Promise<readonly unknown[]>; };
            readonly "neighbors": { $get(): Promise<readonly unknown[]>; };
            readonly "routes": { $get(): Promise<readonly unknown[]>; };
          };
        };
        readonly "vnets": {
          $(id: string): {
            $get(): Promise<readonly unknown[]>;
            readonly "mac-vrf": { $get(): Promise<readonly unknown[]>; };
          };
        };
        readonly "zones": {
          $(id: string): {
            $get(): Promise<readonly unknown[]>;
            readonly "bridges": { $get(): Promise<readonly unknown[]>; };
            readonly "ip-vrf": { $get(): Promise<readonly unknown[]>; };
          };
        };
      };
      readonly "storage": {
        $get(param?: { readonly "content"?: string; readonly "enabled"?: boolean | 0 | 1; readonly "format"?: boolean | 0 | 1; readonly "storage"?: string; readonly "target"?: string; }): Promise<Declared>;
        $(id: string): {
          $get(): Promise<readonly unknown[]>;
          readonly "import-metadata": { $get(param: { readonly "volume": string; }): Promise<WireObject>; };
          readonly "oci-registry-pull": { $post(param: { readonly "filename"?: string; readonly "reference": string; }): Promise<string>; };
        };
      };
      readonly "tasks": {
        $(id: string): { $get(): Promise<readonly unknown[]>; };
      };
      readonly "migrateall": { $post(param?: { readonly "max-workers"?: number | string; }): Promise<Declared>; };
      readonly "network": {
        $post(param?: { readonly "bridge_vids"?: string; }): Promise<Declared>;
        $put(param?: { readonly "regenerate-frr"?: boolean | 0 | 1; }): Promise<Declared>;
        $(id: string): { $put(param?: { readonly "bridge_vids"?: string; }): Promise<Declared>; };
      };
      readonly "startall": { $post(param?: { readonly "max-workers"?: number | string; }): Promise<Declared>; };
      readonly "stopall": { $post(param?: { readonly "max-workers"?: number | string; }): Promise<Declared>; };
      readonly "suspendall": { $post(param?: { readonly "max-workers"?: number | string; }): Promise<Declared>; };
      readonly "vzdump": { $post(param?: { readonly "fleecing"?: string; readonly "job-id"?: string; readonly "notification-mode"?: "auto" | "legacy-sendmail" | "notification-system"; readonly "pbs-change-detection-mode"?: "legacy" | "data" | "metadata"; }): Promise<Declared>; };
      readonly "config": { $put(param?: { readonly [key: `acmedomain${number}`]: string; readonly "ballooning-target"?: number | string; readonly "location"?: string; }): Promise<Declared>; };
      readonly "firewall": {
        readonly "options": { $put(param?: { readonly "log_level_forward"?: "emerg" | "alert" | "crit" | "err" | "warning" | "notice" | "info" | "debug" | "nolog"; readonly "nftables"?: boolean | 0 | 1; }): Promise<Declared>; };
      };
    };
  };
  readonly "access": {
    readonly "domains": {
      $post(param?: { readonly "groups-autocreate"?: boolean | 0 | 1; readonly "groups-claim"?: string; readonly "groups-overwrite"?: boolean | 0 | 1; readonly "query-userinfo"?: boolean | 0 | 1; }): Promise<Declared>;
      $(id: string): { $put(param?: { readonly "groups-autocreate"?: boolean | 0 | 1; readonly "groups-claim"?: string; readonly "groups-overwrite"?: boolean | 0 | 1; readonly "query-userinfo"?: boolean | 0 | 1; }): Promise<Declared>; };
    };
    readonly "vncticket": { $post(param: { readonly "authid": string; readonly "path": string; readonly "port"?: number | string; readonly "privs": string; readonly "vncticket": string; }): Promise<null>; };
    readonly "password": { $put(param?: { readonly "confirmation-password"?: string; }): Promise<Declared>; };
    readonly "users": {
      $(id: string): {
        readonly "token": {
          $(id: string): { $put(param?: { readonly "delete"?: string; readonly "regenerate"?: boolean | 0 | 1; }): Promise<Declared>; };
        };
      };
    };
  };
  readonly "storage": {
    $post(param?: { readonly "saferemove-stepsize"?: number | string; readonly "skip-cert-verification"?: boolean | 0 | 1; readonly "snapshot-as-volume-chain"?: boolean | 0 | 1; readonly "zfs-base-path"?: string; }): Promise<Declared>;
    $(id: string): { $put(param?: { readonly "saferemove-stepsize"?: number | string; readonly "skip-cert-verification"?: boolean | 0 | 1; readonly "snapshot-as-volume-chain"?: boolean | 0 | 1; readonly "zfs-base-path"?: string; }): Promise<Declared>; };
  };
}
