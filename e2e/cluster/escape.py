"""What an agent can try from its place in a sandbox on a cluster. One JSON object per line: what, and how it ended.

The scenario asserts that each was refused. Handed over as text, so it needs nothing but Python.
"""

import concurrent.futures
import ctypes
import errno
import fcntl
import json
import os
import re
import socket
import struct
import sys
import urllib.error
import urllib.parse
import urllib.request

WAIT_SECONDS = 1.5
# 256 bits in base64url.
TOKEN = re.compile(rb'(?<![\w-])[\w-]{43}(?![\w-])')
TARGETS = json.loads(os.environ['TARGETS'])
libc = ctypes.CDLL(None, use_errno=True)


def say(what, refused, how):
    print(json.dumps({'what': what, 'refused': refused, 'how': str(how)}), flush=True)


def attempt(what, action):
    """`action` gives what it got; an OSError is the refusal."""
    try:
        say(what, False, action())
    except OSError as error:
        say(what, True, error)


def call(name, *arguments):
    """A call of the C library that has to fail."""

    def action():
        ctypes.set_errno(0)
        if getattr(libc, name)(*arguments) == -1:
            code = ctypes.get_errno()
            raise OSError(code, os.strerror(code))
        return 'done'

    return action


def tcp(address):
    host, port = address.rsplit(':', 1)
    with socket.create_connection((host, int(port)), WAIT_SECONDS):
        return 'connected'


def udp(address, payload):
    host, port = address.rsplit(':', 1)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.settimeout(WAIT_SECONDS)
        s.sendto(payload, (host, int(port)))
        return f'{len(s.recv(512))} bytes came back'


DNS_QUESTION = bytes.fromhex('1234010000010000000000000a6b756265726e657465730764656661756c74037376630763') + (
    b'luster\x05local\x00\x00\x01\x00\x01'
)


def ping(host, kind):
    header = struct.pack('!BBHHH', 8, 0, 0, 7, 1)
    total = sum(struct.unpack('!4H', header))
    header = struct.pack('!BBHHH', 8, 0, ~(total + (total >> 16)) & 0xFFFF, 7, 1)
    with socket.socket(socket.AF_INET, kind, socket.IPPROTO_ICMP) as s:
        s.settimeout(WAIT_SECONDS)
        s.sendto(header, (host, 0))
        return f'{len(s.recv(512))} bytes came back'


def at(address):
    host, port = address.rsplit(':', 1)
    return host, int(port)


def spoofed(host, kind):
    """The kernel lets anybody bind to an address that is not there, and sends nothing from it."""
    with socket.socket(socket.AF_INET, kind) as s:
        s.settimeout(WAIT_SECONDS)
        s.setsockopt(socket.IPPROTO_IP, 15, 1)  # IP_FREEBIND
        s.bind((host, 0))
        s.connect(at(TARGETS['gateway']))
        s.send(b'x')
        return f'sent as {host}'


def spoofed_by_message(host):
    """The source of one datagram, as IP_PKTINFO names it."""
    source = struct.pack('@i4s4s', 0, socket.inet_aton(host), bytes(4))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.sendmsg([b'x'], [(socket.IPPROTO_IP, 8, source)], 0, at(TARGETS['gateway']))
        return f'sent as {host}'


def option(level, name):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.setsockopt(level, name, 1)
        return 'set'


def device(request, payload):
    """A call about the pod's own end of its cable."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        fcntl.ioctl(s, request, struct.pack('16s24s', b'eth0', payload))
        return 'changed'


def attribute(kind, payload):
    return struct.pack('=HH', 4 + len(payload), kind) + payload


def netlink(kind, payload):
    """Asks the kernel to change the network of the pod; what it answers is the refusal."""
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0) as s:
        s.settimeout(WAIT_SECONDS)
        # A request, to create or replace, with an answer.
        s.send(struct.pack('=IHHII', 16 + len(payload), kind, 0x505, 1, 0) + payload)
        code = -struct.unpack_from('=i', s.recv(4096), 16)[0]
        if code != 0:
            raise OSError(code, os.strerror(code))
        return 'changed'


def addresses():
    """To be somebody else: by a forged source, an address taken, the neighbours' tables, or packets of one's own making."""
    for name, host in TARGETS['hosts'].items():
        attempt(f'TCP as {name}', lambda host=host: spoofed(host, socket.SOCK_STREAM))
        attempt(f'UDP as {name}', lambda host=host: spoofed(host, socket.SOCK_DGRAM))
        attempt(f'a datagram as {name}', lambda host=host: spoofed_by_message(host))
    index = socket.if_nametoindex('eth0')
    other = socket.inet_aton(TARGETS['hosts']['another run'])
    gateway = socket.inet_aton(TARGETS['gateway'].split(':')[0])
    one = attribute(2, other)
    attempt('taking another’s address', lambda: netlink(20, struct.pack('=BBBBI', 2, 32, 0, 0, index) + attribute(1, other) + one))
    attempt('another neighbour', lambda: netlink(28, struct.pack('=BBHiHBB', 2, 0, 0, index, 0x80, 0, 1) + attribute(1, gateway) + attribute(2, bytes(6))))
    attempt('another route', lambda: netlink(24, struct.pack('=BBBBBBBBI', 2, 32, 0, 0, 254, 3, 0, 1, 0) + attribute(1, gateway) + attribute(4, struct.pack('=I', index))))
    attempt('another rule of routes', lambda: netlink(32, struct.pack('=BBBBBBBBI', 2, 0, 0, 0, 254, 0, 0, 1, 0)))
    attempt('another address of the device', lambda: device(0x8916, struct.pack('=HH4s', 2, 0, other)))
    attempt('another hardware address', lambda: device(0x8924, struct.pack('=H6s', 1, b'\x02\0\0\0\0\1')))
    attempt('listening to all of the cable', lambda: device(0x8914, struct.pack('=H', 0x1143)))
    attempt('a transparent socket', lambda: option(socket.IPPROTO_IP, 19))
    attempt('a mark for the rules of the node', lambda: option(socket.SOL_SOCKET, 36))
    attempt('a device of its own', lambda: open('/dev/net/tun', 'rb+'))
    kinds = {'cooked packets': (socket.AF_PACKET, socket.SOCK_DGRAM), 'express packets': (44, socket.SOCK_RAW), 'IPsec': (15, socket.SOCK_RAW)}
    for name, (family, kind) in kinds.items():
        attempt(f'a socket for {name}', lambda family=family, kind=kind: socket.socket(family, kind, 2))
    attempt('the machine below this one', vsock)
    attempt('SCTP', sctp)


def vsock():
    with socket.socket(40, socket.SOCK_STREAM) as s:
        s.settimeout(WAIT_SECONDS)
        s.connect((2, 22))
        return 'connected'


def sctp():
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, 132) as s:
        s.settimeout(WAIT_SECONDS)
        s.connect(at(TARGETS['tcp']['the pod of another run']))
        return 'connected'


def link():
    """Whoever listens beyond the pod's own end of its cable."""
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as s:
        s.settimeout(WAIT_SECONDS)
        s.sendto(DNS_QUESTION, ('ff02::1%eth0', 53))
        return f'{len(s.recv(512))} bytes came back'


def network():
    tries = {f'TCP {name}': (lambda address=address: tcp(address)) for name, address in TARGETS['tcp'].items()}
    for name, address in TARGETS['udp'].items():
        tries[f'UDP {name}'] = lambda address=address: udp(address, DNS_QUESTION)
    for name, host in TARGETS['hosts'].items():
        tries[f'ICMP {name}'] = lambda host=host: ping(host, socket.SOCK_DGRAM)
    with concurrent.futures.ThreadPoolExecutor(len(tries)) as pool:
        for what, action in tries.items():
            pool.submit(attempt, what, action)
    attempt('a name', lambda: socket.getaddrinfo('kubernetes.default.svc.cluster.local', 443))
    attempt('raw ICMP', lambda: ping(TARGETS['hosts']['node'], socket.SOCK_RAW))
    attempt('a raw IP socket', lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_TCP))
    attempt('a packet socket', lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 3))
    attempt('IPv6', lambda: socket.create_connection(('fd00::1', 443), WAIT_SECONDS))
    attempt('IPv6 of the link', link)


def processes():
    """The runner is of the same user as the agent. The pod's first process is the cluster's, and holds nothing."""
    names = {}
    for pid in filter(str.isdigit, os.listdir('/proc')):
        with open(f'/proc/{pid}/comm') as file:
            names[pid] = file.read().strip()
    runners = [pid for pid, name in names.items() if name == 'errand-runner']
    say('one runner is in sight', len(runners) == 1, names)
    for pid in runners:
        for part in ('environ', 'mem', 'maps', 'fd', 'cwd', 'root', 'auxv', 'syscall'):
            path = f'/proc/{pid}/{part}'
            reading = {'fd': os.listdir, 'cwd': os.readlink, 'root': os.readlink}.get(part, read)
            attempt(f'{part} of the runner', lambda path=path, reading=reading: reading(path))
        attempt('ptrace of the runner', call('ptrace', 16, int(pid), 0, 0))
        local = ctypes.create_string_buffer(8)
        vectors = struct.pack('PN', ctypes.addressof(local), 8), struct.pack('PN', 4096, 8)
        attempt('process_vm_readv of the runner', call('process_vm_readv', int(pid), vectors[0], 1, vectors[1], 1, 0))
    for pid in names:
        try:
            with open(f'/proc/{pid}/environ', 'rb') as file:
                environment = file.read()
        except OSError:
            continue
        told = [one for one in environment.split(b'\0') if one.startswith(b'ERRAND_POD_UID') or TOKEN.search(one)]
        # Its own holds the dead token that it was given to try.
        if not any(one.startswith(b'TARGETS=') for one in told):
            say(f'a ticket or token in the environment of {names[pid]} ({pid})', told == [], told)


def read(path):
    with open(path, 'rb') as file:
        return f'{len(file.read(64))} bytes'


def rights():
    for name in ('/etc/x', '/usr/bin/x', '/errand/x', '/errand/bin/node', '/sys/fs/cgroup/cgroup.procs', '/proc/sys/kernel/core_pattern'):
        attempt(f'writing {name}', lambda name=name: open(name, 'ab').write(b'x'))
    attempt('reading its Node', lambda: read('/errand/bin/node'))
    attempt('a token of the cluster', lambda: os.listdir('/var/run/secrets/kubernetes.io'))
    attempt('the memory of the machine', lambda: read('/dev/mem'))
    attempt('the log of the kernel', lambda: read('/dev/kmsg'))
    attempt('the disks of the machine', lambda: [one for one in os.listdir('/dev') if one.startswith(('sd', 'vd', 'nvme'))] or no())
    attempt('mount', call('mount', b'none', b'/tmp', b'tmpfs', 0, None))
    attempt('umount', call('umount2', b'/proc', 2))
    attempt('chroot', call('chroot', b'/tmp'))
    attempt('setuid', lambda: os.setuid(0))
    attempt('setgid', lambda: os.setgid(0))
    attempt('setgroups', lambda: os.setgroups([0]))
    for name, flag in {'user': 0x10000000, 'mount': 0x20000, 'network': 0x40000000, 'pid': 0x20000000}.items():
        attempt(f'a {name} namespace', call('unshare', flag))
    attempt('entering the namespaces of the first process', lambda: call('setns', os.open('/proc/1/ns/net', os.O_RDONLY), 0)())
    attempt('bpf', call('syscall', 321, 0, 0, 0))
    attempt('perf_event_open', call('syscall', 298, 0, 0, -1, -1, 0))
    attempt('keyctl', call('syscall', 250, 0, -3, 1))
    attempt('io_uring', call('syscall', 425, 1, ctypes.create_string_buffer(256)))
    with open('/proc/self/status') as file:
        status = dict(line.split(':\t', 1) for line in file.read().splitlines() if ':\t' in line)
    for name in ('CapEff', 'CapPrm', 'CapBnd', 'CapAmb'):
        say(name, int(status[name], 16) == 0, status[name])
    say('no new privileges', status['NoNewPrivs'] == '1', status['NoNewPrivs'])
    say('a filter of system calls', status['Seccomp'] == '2', status['Seccomp'])


def no():
    raise FileNotFoundError(errno.ENOENT, 'there are none')


class Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


def ask(method, path, token, body=None):
    request = urllib.request.Request(f'http://{TARGETS["gateway"]}{path}', method=method)
    if body is not None:
        request.data = json.dumps(body).encode()
        request.add_header('content-type', 'application/json')
    if token is not None:
        request.add_header('authorization', f'Bearer {token}')
        request.add_header('x-api-key', token)
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({}), Stay).open(request, timeout=10) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code


def gateway():
    tokens = {
        'no token': None,
        'a token of its own making': 'x' * 43,
        'a dead token': TARGETS['deadToken'],
        'the live token of another run': TARGETS['liveToken'],
    }
    for name, token in tokens.items():
        for method, path in TARGETS['paths']:
            status = ask(method, path, token, {} if method == 'POST' else None)
            say(f'{method} {path} with {name}', 400 <= status < 500, status)
    wall = {'ms': 1, 'rounds': 2, 'targets': []}
    for name, claim in TARGETS['claims'].items():
        status = ask('POST', '/sandbox/v1/claim', None, {**claim, 'wall': wall})
        say(f'claiming {name}', 400 <= status < 500, status)


def through_forwarder(head):
    """What a request gets that takes the agent's only way out, with the token that the runner adds."""
    proxy = urllib.parse.urlsplit(os.environ['HTTPS_PROXY'])
    with socket.create_connection((proxy.hostname, proxy.port), 10) as s:
        s.settimeout(10)
        s.sendall(f'{head}\r\nconnection: close\r\n\r\n'.encode())
        got = b''
        while part := s.recv(4096):
            got += part
        return got.decode()


def proxy():
    for target in TARGETS['proxied']:
        answer = through_forwarder(f'CONNECT {target} HTTP/1.1\r\nhost: {target}')
        say(f'through the proxy: {target}', ' 4' in answer.split('\r\n')[0], answer)
        answer = through_forwarder(f'GET http://{target}/ HTTP/1.1\r\nhost: {target}')
        say(f'through the proxy, plainly: {target}', ' 4' in answer.split('\r\n')[0], answer)
    for path in TARGETS['forwarded']:
        answer = through_forwarder(f'GET {path} HTTP/1.1\r\nhost: x')
        say(f'with the token of the runner: {path}', ' 4' in answer.split('\r\n')[0], answer)


def rebinding():
    """A name leads to a public place and, asked again, to a private one. The public one may be reached."""
    answers = [through_forwarder(f'CONNECT {TARGETS["moving"]} HTTP/1.1\r\nhost: x') for _ in range(6)]
    public = [answer for answer in answers if answer.endswith('the public one')]
    refused = [answer for answer in answers if ' 4' in answer.split('\r\n')[0]]
    say('a name that moves', len(public) == 3 and len(refused) == 3, answers)


for part in (network, addresses, processes, rights, gateway, proxy, rebinding):
    try:
        part()
    except Exception as error:  # The scenario sees that a part did not come to its end.
        say(f'{part.__name__} came to its end', False, repr(error))
print('tried everything', file=sys.stdout, flush=True)
