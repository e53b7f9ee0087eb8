package parsers

import (
	"path"
	"slices"
	"strings"
)

// shellChanges names what a command line changes: settings, processes, files,
// services, sets of semaphores, nodes; "" where it only looks.
func shellChanges(parts []shellPart) string {
	var all []string
	for _, p := range parts {
		for _, c := range shellChange(p) {
			if c != "" && !slices.Contains(all, c) {
				all = append(all, c)
			}
		}
		if p.to != "" && p.to != "/dev/null" && !strings.HasPrefix(p.to, "/proc/sys/") {
			all = append(all, "file "+p.to)
		}
	}
	return strings.Join(all, ", ")
}

// shellChange is what one simple command changes.
func shellChange(p shellPart) []string {
	args, flags := shellArgs(p.words)
	arg := func(i int) string {
		if i < len(args) {
			return args[i]
		}
		return ""
	}
	switch p.program {
	case "sysctl":
		return shellSysctl(p.words)
	case "echo", "printf", "tee":
		if name := shellProcSys(p); name != "" {
			return []string{"sysctl " + name}
		}
		if p.program == "tee" {
			return namedThings("file", args)
		}
	case "kill", "pkill", "killall", "skill", "taskkill":
		if len(args) > 0 && !slices.Contains(flags, "-0") && !slices.Contains(flags, "-l") {
			return namedThings("process", args)
		}
	case "ipcrm":
		return []string{"semaphores, queues or shared memory"}
	case "ipcmk":
		return []string{"semaphores, queues or shared memory"}
	case "rm", "rmdir", "unlink", "shred", "truncate", "mv", "chmod", "chown", "touch", "vi", "vim", "nano", "del":
		if p.program == "truncate" || p.program == "chmod" || p.program == "chown" {
			args = args[max(len(args)-1, 0):]
		}
		return namedThings("file", args)
	case "cp", "ln", "rsync", "scp":
		return namedThings("file", args[max(len(args)-1, 0):])
	case "sed":
		if slices.ContainsFunc(flags, func(f string) bool { return strings.HasPrefix(f, "-i") }) {
			return namedThings("file", args[max(len(args)-1, 0):])
		}
	case "service", "rc-service":
		switch arg(1) {
		case "", "status":
			return nil
		}
		return []string{"service " + arg(0)}
	case "systemctl":
		switch arg(0) {
		case "start", "stop", "restart", "reload", "try-restart", "kill", "enable", "disable", "mask", "unmask", "daemon-reload", "set-property", "isolate", "reset-failed":
			if len(args) == 1 {
				return []string{"services"}
			}
			return namedThings("service", args[1:])
		case "reboot", "poweroff", "halt":
			return []string{"host"}
		}
	case "reboot", "poweroff", "halt", "shutdown", "init", "telinit":
		return []string{"host"}
	case "kubectl", "oc", "k3s":
		return shellKube(args)
	case "docker", "podman", "nerdctl", "crictl", "docker-compose":
		switch arg(0) {
		case "restart", "stop", "start", "kill", "rm", "rmi", "run", "pause", "unpause", "update", "stopp", "rmp", "up", "down", "prune", "create":
			return namedThings("container", args[1:])
		}
	case "ip", "ifconfig", "route", "tc", "ethtool", "iptables", "ip6tables", "nft", "ipvsadm", "firewall-cmd", "brctl", "nmcli", "ifup", "ifdown", "conntrack":
		return shellNetwork(p.program, args, flags)
	case "mount", "umount", "swapoff", "swapon", "mkfs", "fsck", "lvextend", "resize2fs", "xfs_growfs":
		if len(args) > 0 {
			return namedThings("file system", args[max(len(args)-1, 0):])
		}
	case "yum", "dnf", "apt", "apt-get", "rpm", "dpkg", "pip", "helm", "zypper":
		return shellPackages(p.program, args, flags)
	case "date":
		if slices.Contains(flags, "-s") || slices.ContainsFunc(flags, func(f string) bool { return strings.HasPrefix(f, "--set") }) {
			return []string{"clock"}
		}
	case "ntpdate", "sntp":
		if !slices.Contains(flags, "-q") && len(args) > 0 {
			return []string{"clock"}
		}
	case "hwclock":
		if len(flags) > 0 && !slices.Contains(flags, "-r") && !slices.Contains(flags, "--show") {
			return []string{"clock"}
		}
	case "chronyc":
		if arg(0) == "makestep" || arg(0) == "settime" {
			return []string{"clock"}
		}
	case "timedatectl":
		if strings.HasPrefix(arg(0), "set-") {
			return []string{"clock"}
		}
	case "crontab":
		if slices.Contains(flags, "-e") || slices.Contains(flags, "-r") {
			return []string{"crontab"}
		}
	case "ulimit":
		if len(args) > 0 {
			return []string{"limits"}
		}
	case "prlimit":
		if slices.ContainsFunc(flags, func(f string) bool { return strings.Contains(f, "=") }) {
			return []string{"limits"}
		}
	case "redis-cli":
		return shellRedis(args)
	case "zkCli.sh", "zkServer.sh":
		return shellZooKeeper(p.program, args)
	case ":", "cat", ">":
		return nil // a redirection says it
	}
	if strings.HasPrefix(p.words[0], "/etc/init.d/") && arg(0) != "" && arg(0) != "status" {
		return []string{"service " + path.Base(p.words[0])}
	}
	return nil
}

// shellArgs parts the arguments from the flags.
func shellArgs(words []string) (args, flags []string) {
	for _, w := range words[1:] {
		if len(w) > 1 && w[0] == '-' {
			flags = append(flags, w)
		} else {
			args = append(args, w)
		}
	}
	return args, flags
}

// namedThings puts a word before each of a few names.
func namedThings(what string, names []string) []string {
	var out []string
	for _, n := range names[:min(len(names), 8)] {
		out = append(out, what+" "+n)
	}
	return out
}

// shellSysctl names the settings that sysctl was told to write.
func shellSysctl(words []string) []string {
	var out []string
	for _, w := range words[1:] {
		switch w {
		case "-p", "--load", "--system", "-f":
			return []string{"settings of sysctl.conf"}
		}
		if name, _, ok := sysctlLine(w); ok {
			out = append(out, "sysctl "+name)
		}
	}
	return out
}

// shellProcSys is the setting that a redirection into /proc/sys writes.
func shellProcSys(p shellPart) string {
	to := p.to
	if p.program == "tee" {
		to = p.words[len(p.words)-1]
	}
	if !strings.HasPrefix(to, "/proc/sys/") {
		return ""
	}
	return sysctlOf(to)
}

func shellKube(args []string) []string {
	for i, a := range args {
		switch a {
		case "delete", "drain", "cordon", "uncordon", "stop", "scale", "apply", "create", "replace", "edit", "patch", "rollout", "set", "label", "taint", "annotate", "expose", "autoscale", "run":
			rest := args[i+1:]
			switch a {
			case "drain", "cordon", "uncordon":
				return namedThings("node", rest[:min(len(rest), 1)])
			case "rollout":
				if len(rest) > 0 && (rest[0] == "status" || rest[0] == "history") {
					return nil
				}
			case "apply", "create", "replace":
				return []string{"objects of the cluster"}
			}
			return []string{strings.Join(rest[:min(len(rest), 2)], " ")}
		case "get", "describe", "logs", "top", "version", "config", "cluster-info", "explain", "exec", "cp", "port-forward":
			return nil
		}
	}
	return nil
}

func shellNetwork(program string, args, flags []string) []string {
	writes := false
	for _, w := range append(slices.Clone(args), flags...) {
		switch w {
		case "add", "del", "delete", "set", "change", "replace", "flush", "up", "down", "-A", "-D", "-I", "-F", "-X", "-P", "-K", "-G", "-s", "addif", "delif", "addbr", "--reload", "--permanent":
			writes = true
		}
	}
	if program == "ifup" || program == "ifdown" || writes {
		return []string{"network"}
	}
	return nil
}

func shellPackages(program string, args, flags []string) []string {
	if program == "rpm" || program == "dpkg" {
		for _, f := range flags {
			if strings.HasPrefix(f, "-i") || strings.HasPrefix(f, "-U") || strings.HasPrefix(f, "-e") || f == "--install" || f == "--erase" || f == "-P" || f == "-r" {
				if program == "dpkg" && f != "-i" && f != "--install" && f != "-P" && f != "-r" {
					continue
				}
				return namedThings("package", args)
			}
		}
		return nil
	}
	if len(args) > 0 {
		switch args[0] {
		case "install", "remove", "update", "upgrade", "erase", "downgrade", "reinstall", "purge", "uninstall", "rollback", "delete":
			return namedThings("package", args[1:])
		}
	}
	return nil
}

func shellRedis(args []string) []string {
	for i, a := range args {
		switch strings.ToLower(a) {
		case "config":
			if i+2 < len(args) && strings.EqualFold(args[i+1], "set") {
				return []string{"redis " + args[i+2]}
			}
		case "set", "del", "flushall", "flushdb", "shutdown", "lpop", "rpop", "lpush", "rpush", "expire", "unlink", "failover", "slaveof", "replicaof", "restore":
			return []string{"redis " + strings.ToLower(a)}
		case "client":
			if i+1 < len(args) && strings.EqualFold(args[i+1], "kill") {
				return []string{"redis client kill"}
			}
		}
	}
	return nil
}

func shellZooKeeper(program string, args []string) []string {
	for _, a := range args {
		switch a {
		case "restart", "stop", "start":
			if program == "zkServer.sh" {
				return []string{"service zookeeper"}
			}
		case "create", "delete", "rmr", "deleteall", "set", "setAcl", "setquota", "reconfig":
			return []string{"zookeeper " + a}
		}
	}
	return nil
}
