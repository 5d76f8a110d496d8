import { quote } from './exec-line.ts'

/**
 * `listened COMMAND…` becomes the command, which finds a socket to tell on that it is ready; the file `ready` says so
 * then. See sd_notify(3). In Perl, which every Debian has: neither a shell nor Node.js knows datagrams of local sockets.
 */
export const notifyListener = (folder: string): string => `cat >${quote(`${folder}/listened`)} <<'PERL'
use Socket;
my ($dir, @command) = @ARGV;
my $path = "$dir/notify";
unlink $path;
socket(my $socket, PF_UNIX, SOCK_DGRAM, 0) or die $!;
bind($socket, sockaddr_un($path)) or die $!;
chmod 0777, $path;
my $main = $$;
sub runs { open(my $file, '<', "/proc/$main/stat") or return 0; return <$file> !~ /\\) Z / }
# A child of a child: the command must not be surprised by the end of one it does not know.
if (!fork) {
  exit if fork;
  while (runs()) {
    my $bits = '';
    vec($bits, fileno $socket, 1) = 1;
    next unless select($bits, undef, undef, 0.5) > 0;
    recv($socket, my $said, 4096, 0);
    next unless $said =~ /^READY=1$/m;
    open(my $ready, '>', "$dir/ready");
    last;
  }
  unlink $path;
  exit;
}
wait;
$ENV{NOTIFY_SOCKET} = $path;
exec { $command[0] } @command or die "$command[0]: $!";
PERL`
