import { defineFact } from '#sdk/fact.ts'

/** systemd's own detection where it is there; else the marks that containers and hypervisors leave. */
const script = `if command -v systemd-detect-virt >/dev/null 2>&1; then systemd-detect-virt; exit 0; fi
if [ -e /.dockerenv ]; then echo docker; exit; fi
if [ -e /run/.containerenv ]; then echo podman; exit; fi
kind=$(tr '\\0' '\\n' </proc/1/environ 2>/dev/null | sed -n 's/^container=//p')
if [ -n "$kind" ]; then echo "$kind"; exit; fi
case "$(cat /sys/class/dmi/id/sys_vendor /sys/class/dmi/id/product_name 2>/dev/null)" in
  *KVM*) echo kvm ;;
  *QEMU*) echo qemu ;;
  *VMware*) echo vmware ;;
  *VirtualBox*|*innotek*) echo oracle ;;
  *Xen*) echo xen ;;
  *'Virtual Machine'*) echo microsoft ;;
  *) if grep -q '^flags.* hypervisor' /proc/cpuinfo 2>/dev/null; then echo vm-other; else echo none; fi ;;
esac`

/** In the words of systemd-detect-virt(1): `none`, `kvm`, `docker`, `lxc`, `systemd-nspawn`, `vm-other`. */
export default defineFact<string>({
  name: 'virtualization',
  summary: 'What the host runs inside of: a hypervisor, a container, nothing.',
  script,
  reads: [{ kind: 'platform' }],
  parse: ({ stdout }) => stdout.trim() || 'none',
})
