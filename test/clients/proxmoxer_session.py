"""proxmoxer against the simulator whose address, credentials and CA the environment names.

Prints one line per check, `ok <what>` or `FAIL <what>: <why>`.
"""

import os
import tempfile
import traceback

from proxmoxer import AuthenticationError, ProxmoxAPI, ResourceException
from proxmoxer.tools import Tasks

HOST = os.environ["SIMULATOR_HOST"]
NODE = os.environ["SIMULATOR_NODE"]
OTHER = os.environ["SIMULATOR_OTHER_NODE"]
CA = os.environ["SIMULATOR_CA"]
IMAGE = os.environ["SIMULATOR_IMAGE"]
USER, TOKEN = os.environ["SIMULATOR_TOKEN_ID"].split("!")
SECRET = os.environ["SIMULATOR_TOKEN_SECRET"]
PASSWORD = os.environ["SIMULATOR_PASSWORD"]


def equal(actual, expected):
    assert actual == expected, f"{actual!r} is not {expected!r}"


def by_ticket():
    return ProxmoxAPI(HOST, user=USER, password=PASSWORD, verify_ssl=CA, timeout=30)


def by_token():
    return ProxmoxAPI(HOST, user=USER, token_name=TOKEN, token_value=SECRET, verify_ssl=CA, timeout=30)


def finished(pve, upid, kind):
    """Waits for a task with proxmoxer's own tool."""
    equal(Tasks.decode_upid(upid)["type"], kind)
    status = Tasks.blocking_status(pve, upid, timeout=60, polling_interval=0.05)
    equal(status["exitstatus"], "OK")
    return Tasks.decode_log(pve.nodes(NODE).tasks(upid).log.get(limit=1000))


def log_in():
    pve = by_ticket()
    assert pve.version.get()["version"].startswith("9.")
    ticket, csrf = pve.get_tokens()
    assert ticket.startswith("PVE:root@pam:") and csrf
    try:
        ProxmoxAPI(HOST, user=USER, password="wrong", verify_ssl=CA, timeout=30)
    except AuthenticationError as error:
        assert "401" in str(error), error
    else:
        raise AssertionError("a wrong password is taken")


def fetch_and_upload():
    pve = by_token()
    storage = pve.nodes(NODE).storage("local")
    upid = storage("download-url").post(content="import", filename="debian-12.qcow2", url=IMAGE)
    finished(pve, upid, "download")
    with tempfile.NamedTemporaryFile(suffix=".iso") as file:
        file.write(b"i" * 70_000)
        file.flush()
        file.seek(0)
        finished(pve, storage.upload.post(content="iso", filename=file.file), "imgcopy")
        iso = f"local:iso/{os.path.basename(file.name)}"
    with tempfile.NamedTemporaryFile(suffix=".iso") as file:
        file.truncate(11 * 2**20)  # beyond the threshold at which proxmoxer streams
        finished(pve, storage.upload.post(content="iso", filename=file.file), "imgcopy")
        large = f"local:iso/{os.path.basename(file.name)}"
    sizes = {row["volid"]: row["size"] for row in storage.content.get()}
    equal(sizes[iso], 70_000)
    equal(sizes[large], 11 * 2**20)
    assert sizes["local:import/debian-12.qcow2"] > 0
    finished(pve, storage.content(iso).delete(), "imgdel")
    assert iso not in [row["volid"] for row in storage.content.get(content="iso")]


def import_template():
    pve = by_token()
    qemu = pve.nodes(NODE).qemu
    finished(
        pve,
        qemu.post(
            vmid=9000,
            name="debian",
            memory=1024,
            cores=1,
            scsihw="virtio-scsi-single",
            scsi0="local-lvm:0,import-from=local:import/debian-12.qcow2",
            ide2="local-lvm:cloudinit",
            boot="order=scsi0",
            agent="enabled=1",
            net0="virtio,bridge=vmbr0",
        ),
        "qmcreate",
    )
    finished(pve, qemu(9000).template.post(), "qmtemplate")
    config = qemu(9000).config.get()
    equal(config["template"], 1)
    assert "base-9000-disk-" in config["scsi0"], config["scsi0"]


def clone_and_reconfigure():
    pve = by_token()
    qemu = pve.nodes(NODE).qemu
    vmid = int(pve.cluster.nextid.get(vmid=120))
    equal(vmid, 120)
    finished(pve, qemu(9000).clone.post(newid=120, name="web-1"), "qmclone")
    finished(pve, qemu(9000).clone.post(newid=121, name="web-2", full=1, storage="local-lvm"), "qmclone")
    qemu(120).config.put(memory=2048, description="first line\nsecond line ü", tags="blue;web")
    finished(pve, qemu(120).config.post(cores=2, ipconfig0="ip=192.168.3.50/24,gw=192.168.3.1"), "qmconfig")
    finished(pve, qemu(120).resize.put(disk="scsi0", size="+1G"), "resize")
    config = qemu(120).config.get()
    equal((config["memory"], config["cores"], config["tags"]), ("2048", 2, "blue;web"))
    equal(config["description"].rstrip("\n"), "first line\nsecond line ü")
    assert "size=4G" in config["scsi0"], config["scsi0"]
    qemu(120).config.put(delete="tags")
    assert "tags" not in qemu(120).config.get()


def power():
    pve = by_token()
    vm = pve.nodes(NODE).qemu(120)
    finished(pve, vm.status.start.post(), "qmstart")
    equal(vm.status.current.get()["status"], "running")
    while True:
        try:
            vm.agent.ping.post()
            break
        except ResourceException as error:
            equal(error.status_code, 500)
            assert "agent" in error.content, error
    interfaces = vm.agent("network-get-interfaces").get()["result"]
    addresses = [ip["ip-address"] for nic in interfaces for ip in nic.get("ip-addresses", [])]
    assert "192.168.3.50" in addresses, addresses
    pid = vm.agent.exec.post(command="echo 'hello world'")["pid"]
    status = vm.agent("exec-status").get(pid=pid)
    while not status["exited"]:
        status = vm.agent("exec-status").get(pid=pid)
    equal((status["exitcode"], status["out-data"]), (0, "hello world\n"))
    finished(pve, vm.status.shutdown.post(timeout=60), "qmshutdown")
    equal(vm.status.current.get()["status"], "stopped")
    finished(pve, vm.status.start.post(), "qmstart")
    finished(pve, vm.status.stop.post(), "qmstop")
    equal(vm.status.current.get()["status"], "stopped")


def snapshots():
    pve = by_token()
    vm = pve.nodes(NODE).qemu(120)
    finished(pve, vm.snapshot.post(snapname="before", description="all is well"), "qmsnapshot")
    vm.config.put(memory=512)
    finished(pve, vm.snapshot("before").rollback.post(), "qmrollback")
    equal(vm.config.get()["memory"], "2048")
    equal([entry["name"] for entry in vm.snapshot.get()], ["before", "current"])
    finished(pve, vm.snapshot("before").delete(), "qmdelsnapshot")
    equal([entry["name"] for entry in vm.snapshot.get()], ["current"])


def people_and_pools():
    pve = by_ticket()
    pve.pools.post(poolid="practice", comment="to practise")
    pve.pools.put(poolid="practice", vms="120,121")
    equal(sorted(row["vmid"] for row in pve.pools.get(poolid="practice")[0]["members"]), [120, 121])
    pve.access.groups.post(groupid="operators")
    pve.access.users.post(userid="ada@pve", password="correct horse", groups="operators")
    pve.access.roles.post(roleid="Operator", privs="VM.Audit,VM.PowerMgmt")
    pve.access.acl.put(path="/pool/practice", groups="operators", roles="Operator")
    row = next(row for row in pve.access.acl.get() if row["ugid"] == "operators")
    equal((row["path"], row["roleid"], row["type"], row["propagate"]), ("/pool/practice", "Operator", "group", 1))
    token = pve.access.users("ada@pve").token("ci").post(privsep=0)
    ada = ProxmoxAPI(HOST, user="ada@pve", token_name="ci", token_value=token["value"], verify_ssl=CA, timeout=30)
    equal(sorted(guest["vmid"] for guest in ada.cluster.resources.get(type="vm")), [120, 121])
    try:
        ada.nodes(NODE).qemu(120).config.put(memory=4096)
    except ResourceException as error:
        equal(error.status_code, 403)
        assert error.content.startswith("Permission check failed (/vms/120, VM.Config."), error.content
    else:
        raise AssertionError("a right that was not given")
    finished(ada, ada.nodes(NODE).qemu(120).status.start.post(), "qmstart")
    finished(ada, ada.nodes(NODE).qemu(120).status.stop.post(), "qmstop")


def errors():
    pve = by_token()
    try:
        pve.nodes(NODE).qemu.post(vmid=130, memory="much")
    except ResourceException as error:
        equal(error.status_code, 400)
        assert "memory" in error.errors, error.errors
    else:
        raise AssertionError("a memory that is no number")
    try:
        pve.nodes(NODE).qemu(4711).config.get()
    except ResourceException as error:
        equal(error.status_code, 500)
        assert "does not exist" in error.content, error.content
    else:
        raise AssertionError("a VM that is not there")


def read_back():
    pve = by_token()
    equal([row["vmid"] for row in pve.cluster.resources.get(type="vm")], [120, 121, 9000])
    equal(sorted(row["node"] for row in pve.nodes.get())[0], "foxtrot")
    volumes = [row["volid"] for row in pve.nodes(NODE).storage("local-lvm").content.get(vmid=120)]
    equal(sorted(volumes), ["local-lvm:vm-120-cloudinit", "local-lvm:vm-120-disk-0"])
    tasks = pve.nodes(NODE).tasks.get(limit=500, vmid=120)
    assert {"qmconfig", "qmsnapshot", "qmstart"} <= {row["type"] for row in tasks}, tasks
    assert any(row["upid"] for row in pve.cluster.tasks.get())
    equal(pve.nodes(OTHER).qemu.get(), [])  # another node, through this one


def destroy():
    pve = by_token()
    for vmid in (120, 121, 9000):
        finished(pve, pve.nodes(NODE).qemu(vmid).delete(purge=1, **{"destroy-unreferenced-disks": 1}), "qmdestroy")
    equal(pve.cluster.resources.get(type="vm"), [])
    equal(pve.nodes(NODE).storage("local-lvm").content.get(), [])
    equal(pve.pools.get(poolid="practice")[0]["members"], [])
    pve.pools.delete(poolid="practice")
    pve.access.users("ada@pve").delete()
    pve.access.groups("operators").delete()
    equal([row for row in pve.access.acl.get() if row["ugid"] == "operators"], [])


for check in (
    log_in,
    fetch_and_upload,
    import_template,
    clone_and_reconfigure,
    power,
    snapshots,
    people_and_pools,
    errors,
    read_back,
    destroy,
):
    name = f"proxmoxer: {check.__name__.replace('_', ' ')}"
    try:
        check()
        print(f"ok {name}", flush=True)
    except Exception as error:  # every check is tried; each failure is printed and counted
        traceback.print_exc()
        print(f"FAIL {name}: {type(error).__name__}: {error}", flush=True)
