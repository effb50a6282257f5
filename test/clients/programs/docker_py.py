"""What programs do with docker-py, on the engine that DOCKER_HOST names."""

import io
import tarfile
import time
import unittest

import docker
from docker.errors import APIError, BuildError, ContainerError, ImageNotFound, NotFound


class OnEngine(unittest.TestCase):
    def setUp(self):
        self.client = docker.from_env()
        self.addCleanup(self.client.close)

    def started(self, command, **options):
        container = self.client.containers.run("busybox", command, detach=True, **options)
        self.addCleanup(container.remove, force=True)
        return container


class Containers(OnEngine):
    def test_run_answers_what_was_said(self):
        said = self.client.containers.run("busybox", ["echo", "hello"], remove=True)
        self.assertEqual(said, b"hello\n")

    def test_failures_carry_their_exit_code_and_text(self):
        with self.assertRaises(ContainerError) as failed:
            self.client.containers.run("busybox", "sh -c 'echo wrong >&2; exit 3'", remove=True)
        self.assertEqual((failed.exception.exit_status, failed.exception.stderr), (3, b"wrong\n"))

    def test_life_of_a_container(self):
        container = self.started("sleep 1000", name="py-life", stop_signal="SIGKILL", labels={"a": "b"})
        self.assertEqual(container.status, "created")
        for act, status in (
            (container.pause, "paused"),
            (container.unpause, "running"),
            (container.restart, "running"),
            (container.stop, "exited"),
            (container.start, "running"),
            (container.kill, "exited"),
        ):
            act()
            container.wait(condition="not-running") if status == "exited" else None
            container.reload()
            self.assertEqual(container.status, status)
        container.rename("py-renamed")
        self.assertEqual(self.client.containers.get("py-renamed").id, container.id)
        self.assertIn(container, self.client.containers.list(all=True, filters={"label": "a=b"}))
        self.assertNotIn(container, self.client.containers.list())

    def test_exec_demultiplexes_and_tells_the_exit_code(self):
        container = self.started("sleep 1000")
        result = container.exec_run(["sh", "-c", "echo out; echo err >&2; exit 5"], demux=True)
        self.assertEqual((result.exit_code, result.output), (5, (b"out\n", b"err\n")))
        streamed = container.exec_run("seq 3", stream=True)
        self.assertEqual(b"".join(streamed.output), b"1\n2\n3\n")
        result = container.exec_run("pwd", workdir="/tmp", environment=["A=b"], user="root")
        self.assertEqual(result.output, b"/tmp\n")

    def test_exec_through_a_socket(self):
        container = self.started("sleep 1000")
        created = self.client.api.exec_create(container.id, "cat", stdin=True, tty=True)
        stream = self.client.api.exec_start(created["Id"], tty=True, socket=True)
        stream._sock.sendall(b"typed\n")
        heard = b""
        while heard.count(b"typed") < 2:
            heard += stream._sock.recv(100)
        stream.close()
        self.assertEqual(heard, b"typed\r\ntyped\r\n")

    def test_attach_writes_and_reads(self):
        api = self.client.api
        created = api.create_container("busybox", "head -n 1", stdin_open=True)
        self.addCleanup(api.remove_container, created["Id"], force=True)
        stream = api.attach_socket(created["Id"], params={"stdin": 1, "stdout": 1, "stream": 1})
        api.start(created["Id"])
        stream._sock.sendall(b"typed\n")
        self.assertEqual(api.wait(created["Id"])["StatusCode"], 0)
        self.assertEqual(api.logs(created["Id"]), b"typed\n")
        stream.close()

    def test_logs(self):
        container = self.started(["sh", "-c", "for i in 1 2 3; do echo line $i; done; sleep 1000"])
        follow = container.logs(stream=True, follow=True)
        self.assertEqual([next(follow) for _ in range(3)], [b"line 1\n", b"line 2\n", b"line 3\n"])
        self.assertEqual(container.logs(tail=1), b"line 3\n")
        self.assertRegex(container.logs(tail=1, timestamps=True), rb"^\d{4}-\d\d-\d\dT\S+Z line 3\n$")

    def test_settings_come_back(self):
        container = self.started(
            "sleep 1000",
            mem_limit="64m",
            nano_cpus=500000000,
            pids_limit=50,
            cap_add=["NET_ADMIN"],
            dns=["192.0.2.53"],
            extra_hosts={"other": "192.0.2.7"},
            environment={"A": "b"},
            hostname="named",
            working_dir="/tmp",
            user="1000:1000",
            read_only=True,
            tmpfs={"/scratch": "size=1m"},
            ulimits=[docker.types.Ulimit(name="nofile", soft=100, hard=200)],
            log_config=docker.types.LogConfig(type="json-file", config={"max-size": "1m"}),
            restart_policy={"Name": "on-failure", "MaximumRetryCount": 3},
        )
        container.reload()
        host, config = container.attrs["HostConfig"], container.attrs["Config"]
        self.assertEqual((host["Memory"], host["NanoCpus"], host["PidsLimit"]), (64 << 20, 500000000, 50))
        self.assertEqual((config["Hostname"], config["WorkingDir"], config["User"]), ("named", "/tmp", "1000:1000"))
        self.assertEqual(host["RestartPolicy"], {"Name": "on-failure", "MaximumRetryCount": 3})
        self.assertEqual(host["LogConfig"]["Config"], {"max-size": "1m"})
        self.assertEqual(host["Ulimits"], [{"Name": "nofile", "Soft": 100, "Hard": 200}])
        self.assertIn(b"192.0.2.7\tother", container.exec_run("cat /etc/hosts").output)
        container.update(mem_limit="32m", memswap_limit="64m")
        container.reload()
        self.assertEqual(container.attrs["HostConfig"]["Memory"], 32 << 20)

    def test_top_stats_diff_and_ports(self):
        container = self.started("sleep 1000", ports={"80/tcp": None})
        self.assertEqual([row[-1] for row in container.top()["Processes"]], ["sleep 1000"])
        container.exec_run("touch /new")
        sample = container.stats(stream=False)
        self.assertGreater(sample["memory_stats"]["usage"], 0)
        self.assertIn({"Path": "/new", "Kind": 1}, container.diff())
        container.reload()
        self.assertGreaterEqual(int(container.ports["80/tcp"][0]["HostPort"]), 32768)

    def test_events_tell_of_it(self):
        events = self.client.events(decode=True, filters={"type": "container", "event": "start"})
        container = self.started("true")
        self.assertEqual(next(events)["id"], container.id)
        events.close()

    def test_builds_and_commits(self):
        context = io.BytesIO(b"FROM busybox\nARG COLOUR\nRUN echo $COLOUR >/colour\nCMD cat /colour\n")
        image, lines = self.client.images.build(fileobj=context, tag="py-built:1", buildargs={"COLOUR": "blue"}, rm=True)
        self.addCleanup(self.client.images.remove, "py-built:1", force=True)
        self.assertIn("Successfully tagged py-built:1\n", [line.get("stream") for line in lines])
        self.assertEqual(self.client.containers.run(image, remove=True), b"blue\n")
        with self.assertRaises(BuildError) as failed:
            self.client.images.build(fileobj=io.BytesIO(b"FROM busybox\nRUN exit 3\n"), forcerm=True)
        self.assertIn("returned a non-zero code: 3", failed.exception.msg)
        container = self.started(["sh", "-c", "echo kept >/note"])
        container.wait()
        committed = container.commit("py-committed", "1", message="said", changes="LABEL a=b")
        self.addCleanup(self.client.images.remove, "py-committed:1", force=True)
        self.assertEqual((committed.labels, committed.attrs["Comment"]), ({"a": "b"}, "said"))
        self.assertEqual(self.client.containers.run(committed, ["cat", "/note"], remove=True), b"kept\n")

    def test_archives_both_ways(self):
        container = self.started("sleep 1000")
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode="w") as archive:
            entry = tarfile.TarInfo("note")
            entry.size = 6
            archive.addfile(entry, io.BytesIO(b"noted\n"))
        self.assertTrue(container.put_archive("/tmp", packed.getvalue()))
        parts, stat = container.get_archive("/tmp/note")
        self.assertEqual((stat["name"], stat["size"]), ("note", 6))
        back = tarfile.open(fileobj=io.BytesIO(b"".join(parts)))
        self.assertEqual(back.extractfile("note").read(), b"noted\n")
        with self.assertRaises(NotFound):
            container.get_archive("/absent")
        exported = tarfile.open(fileobj=io.BytesIO(b"".join(container.export())))
        self.assertIn("tmp/note", exported.getnames())

    def test_streams_of_stats_and_past_events(self):
        container = self.started("sleep 1000", name="py-streams")
        samples = container.stats(decode=True, stream=True)
        first, second = next(samples), next(samples)
        samples.close()
        self.assertGreaterEqual(second["cpu_stats"]["cpu_usage"]["total_usage"], first["cpu_stats"]["cpu_usage"]["total_usage"])
        self.assertEqual(second["precpu_stats"]["cpu_usage"], first["cpu_stats"]["cpu_usage"])
        container.kill()
        container.wait()
        until = int(time.time()) + 1
        past = self.client.events(decode=True, since=until - 60, until=until, filters={"container": "py-streams"})
        actions = [event["Action"] for event in past]
        self.assertEqual([action for action in actions if action in ("create", "start", "kill", "die")], ["create", "start", "kill", "die"])

    def test_refusals(self):
        self.started("sleep 1000", name="py-taken")
        with self.assertRaises(APIError) as refused:
            self.client.containers.create("busybox", name="py-taken")
        self.assertEqual(refused.exception.status_code, 409)
        self.assertIn("is already in use by container", refused.exception.explanation)
        with self.assertRaises(NotFound):
            self.client.containers.get("absent")
        with self.assertRaises(ImageNotFound):
            self.client.containers.create("absent.invalid/image:1")


class Objects(OnEngine):
    def test_networks(self):
        pool = docker.types.IPAMPool(subnet="10.77.0.0/24", gateway="10.77.0.254")
        network = self.client.networks.create("py-net", ipam=docker.types.IPAMConfig(pool_configs=[pool]), labels={"n": "1"})
        self.addCleanup(network.remove)
        container = self.started("sleep 1000", name="py-member")
        network.connect(container, aliases=["alias"], ipv4_address="10.77.0.9")
        network.reload()
        self.assertEqual([member.id for member in network.containers], [container.id])
        self.assertEqual(container.exec_run("nslookup -type=a alias").exit_code, 0)
        container.reload()
        self.assertEqual(container.attrs["NetworkSettings"]["Networks"]["py-net"]["IPAddress"], "10.77.0.9")
        network.disconnect(container)
        self.assertEqual([one.name for one in self.client.networks.list(filters={"label": "n=1"})], ["py-net"])
        with self.assertRaises(APIError) as refused:
            self.client.networks.get("bridge").remove()
        self.assertEqual(refused.exception.status_code, 403)

    def test_volumes(self):
        volume = self.client.volumes.create("py-volume", labels={"v": "1"})
        self.addCleanup(volume.remove, force=True)
        mount = docker.types.Mount("/data", "py-volume")
        self.client.containers.run("busybox", "touch /data/kept", mounts=[mount], remove=True)
        said = self.client.containers.run("busybox", "ls /data", volumes={"py-volume": {"bind": "/data", "mode": "ro"}}, remove=True)
        self.assertEqual(said, b"kept\n")
        self.assertEqual([one.name for one in self.client.volumes.list(filters={"label": "v=1"})], ["py-volume"])

    def test_images(self):
        image = self.client.images.get("busybox")
        self.assertTrue(image.tag("py-tagged", "1"))
        self.assertIn("py-tagged:1", self.client.images.get("busybox").tags)
        self.client.images.remove("py-tagged:1")
        self.assertGreaterEqual(len(image.history()), 1)
        saved = io.BytesIO(b"".join(image.save(named=True)))
        self.assertIn("manifest.json", tarfile.open(fileobj=saved).getnames())
        saved.seek(0)
        self.assertEqual(self.client.images.load(saved)[0].id, image.id)

    def test_system(self):
        self.assertTrue(self.client.ping())
        self.assertEqual(self.client.version()["MinAPIVersion"], "1.24")
        self.assertEqual(self.client.info()["Swarm"]["LocalNodeState"], "inactive")
        self.assertIn("LayersSize", self.client.df())
        with self.assertRaises(APIError) as refused:
            self.client.services.list()
        self.assertEqual(refused.exception.status_code, 503)


if __name__ == "__main__":
    unittest.main()
