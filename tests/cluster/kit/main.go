// SPDX-License-Identifier: Apache-2.0

// Command kit holds the Go programs of the test cluster in one file. The link
// it is called through, or else its first argument, says which one to be.
package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	_ "time/tzdata" // time zones of CronJobs, which a bare machine may not have

	"github.com/coredns/coredns/core/dnsserver"
	"github.com/coredns/coredns/coremain"
	_ "github.com/coredns/coredns/plugin/cache"
	_ "github.com/coredns/coredns/plugin/errors"
	_ "github.com/coredns/coredns/plugin/kubernetes"
	"github.com/spf13/cobra"
	"go.etcd.io/etcd/etcdctl/v3/ctlv3"
	"go.etcd.io/etcd/server/v3/etcdmain"
	"k8s.io/component-base/cli"
	"k8s.io/component-base/logs"
	_ "k8s.io/component-base/logs/json/register"
	_ "k8s.io/component-base/metrics/prometheus/clientgo"
	_ "k8s.io/component-base/metrics/prometheus/version"
	kubectlcmd "k8s.io/kubectl/pkg/cmd"
	kubectlutil "k8s.io/kubectl/pkg/cmd/util"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	controllers "k8s.io/kubernetes/cmd/kube-controller-manager/app"
	kubeproxy "k8s.io/kubernetes/cmd/kube-proxy/app"
	scheduler "k8s.io/kubernetes/cmd/kube-scheduler/app"
	kubelet "k8s.io/kubernetes/cmd/kubelet/app"
)

// A program returns its exit code; it reads os.Args as if it were alone.
type program struct {
	name string
	run  func() int
}

func programs() []program {
	component := func(name string, command func() *cobra.Command) program {
		return program{name, func() int { return cli.Run(command()) }}
	}
	return []program{
		{"coredns", runCoreDNS},
		{"etcd", func() int { etcdmain.Main(os.Args); return 0 }},
		{"etcdctl", func() int { ctlv3.MustStart(); return 0 }},
		component("kube-apiserver", apiserver.NewAPIServerCommand),
		component("kube-controller-manager", controllers.NewControllerManagerCommand),
		component("kube-proxy", kubeproxy.NewProxyCommand),
		component("kube-scheduler", func() *cobra.Command { return scheduler.NewSchedulerCommand() }),
		{"kubectl", runKubectl},
		component("kubelet", func() *cobra.Command { return kubelet.NewKubeletCommand(context.Background()) }),
		{"kwok", runKwok},
		{"kwok-stages", printKwokStages},
	}
}

func main() {
	all := programs()
	find := func(path string) int {
		return slices.IndexFunc(all, func(p program) bool { return p.name == filepath.Base(path) })
	}
	at := find(os.Args[0])
	if at < 0 && len(os.Args) > 1 {
		os.Args = os.Args[1:]
		at = find(os.Args[0])
	}
	if at < 0 {
		var names []string
		for _, p := range all {
			names = append(names, p.name)
		}
		fmt.Fprintf(os.Stderr, "usage: kit PROGRAM [ARGUMENT...]\nPROGRAM: %s\n", strings.Join(names, " "))
		os.Exit(2)
	}
	os.Exit(all[at].run())
}

func runKubectl() int {
	if _, err := logs.GlogSetter(kubectlcmd.GetLogVerbosity(os.Args)); err != nil {
		fmt.Fprintln(os.Stderr, "kubectl:", err)
		return 1
	}
	if err := cli.RunNoErrOutput(kubectlcmd.NewDefaultKubectlCommand()); err != nil {
		kubectlutil.CheckErr(err) // prints in kubectl's way and exits
	}
	return 0
}

// runCoreDNS serves the names of Services and Pods, and nothing else: the order
// of the directives is the order in which the plugins see a query.
func runCoreDNS() int {
	dnsserver.Directives = []string{"errors", "cache", "kubernetes"}
	coremain.Run()
	return 0
}
