#!/bin/sh
# The first process of a host, in its own namespaces. It creates the host's root file system in /media, makes it the
# root, and waits until its standard input is closed. Then it exits, and the kernel ends all processes of the host.
#
# It reads which paths of this machine to mount, one per line: SOURCE, a tab, the path on the host. An empty line ends
# the list; by then the caller has written the host's own files to /media.
set -eu
umask 022

# Turn off IPv6, so that links carry only packets of the tests.
[ ! -d /proc/sys/net/ipv6 ] || echo 1 >/proc/sys/net/ipv6/conf/default/disable_ipv6
mount -t tmpfs -o mode=755 webpipe-host /media
# This is still the machine's /proc, so it has the process id on the machine.
read -r pid _ </proc/self/stat
echo "pid $pid"

tab=$(printf '\t')
while IFS=$tab read -r source target && [ "$source" ]; do
  if [ -d "$source" ]; then
    mkdir -p "/media$target"
  elif [ ! -e "/media$target" ]; then
    mkdir -p "/media${target%/*}"
    : >>"/media$target"
  fi
  mount -o bind,ro "$source" "/media$target"
done

cd /media
mount -t proc proc proc
mount -t sysfs -o ro sysfs sys
cp -a /dev/null /dev/zero /dev/full /dev/random /dev/urandom /dev/tty dev/
mount -t devpts -o newinstance,ptmxmode=666,mode=620,gid=5 devpts dev/pts
cat etc/hostname >proc/sys/kernel/hostname

pivot_root . old
# A shell does not reap orphaned processes, so Perl does. It is run from the old root, since the host may have no Perl.
# shellcheck disable=SC2016 # Perl's variables
exec /old/usr/bin/env -i /old/usr/bin/perl -e '
  system("/old/usr/bin/umount", "-l", "/old") == 0 && rmdir "/old" or die "cannot unmount the old root: $!";
  $0 = "init";
  $SIG{CHLD} = "IGNORE";
  $| = 1;
  print "up\n";
  1 while sysread STDIN, my $ignored, 4096;
'
