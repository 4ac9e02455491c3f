#!/bin/sh
# The first process of a host, in namespaces of its own. It makes the root of the host's file system in /media, where
# nothing lies that it needs, goes there, and then waits for the end of its standard input: with it ends the host, and
# whatever runs in it.
#
# It is told what to see of this machine, a line each: SOURCE, a tab, the name it has in the host; an empty line ends
# that. By then the host's own files lie in /media.
set -eu
umask 022

# Links to other hosts are to carry what the tests send, and no greetings of IPv6.
[ ! -d /proc/sys/net/ipv6 ] || echo 1 >/proc/sys/net/ipv6/conf/default/disable_ipv6
mount -t tmpfs -o mode=755 webpipe-host /media
# This /proc is the machine's still, so this is the number by which the machine knows the process.
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
# A shell does not collect what the host's other processes leave behind, so Perl does. It is run from where it was.
# shellcheck disable=SC2016 # Perl's variables
exec /old/usr/bin/env -i /old/usr/bin/perl -e '
  system("/old/usr/bin/umount", "-l", "/old") == 0 && rmdir "/old" or die "the old root stays: $!";
  $0 = "init";
  $SIG{CHLD} = "IGNORE";
  $| = 1;
  print "up\n";
  1 while sysread STDIN, my $ignored, 4096;
'
