# The template of the Homebrew formula. scripts/formula.mjs fills in what stands between at signs.
class Webpipe < Formula
  desc "Shows files and streams from any terminal in a browser page"
  version "@VERSION@"
  license "MIT"

  on_macos do
    on_arm do
      url "@BASE@/webpipe-@VERSION@-darwin-arm64.tar.gz"
      sha256 "@DARWIN_ARM64@"
    end
    on_intel do
      url "@BASE@/webpipe-@VERSION@-darwin-x64.tar.gz"
      sha256 "@DARWIN_X64@"
    end
  end

  on_linux do
    on_arm do
      url "@BASE@/webpipe-@VERSION@-linux-arm64.tar.gz"
      sha256 "@LINUX_ARM64@"
    end
    on_intel do
      url "@BASE@/webpipe-@VERSION@-linux-x64.tar.gz"
      sha256 "@LINUX_X64@"
    end
  end

  def install
    libexec.install Dir["*"]
    bin.install_symlink libexec/"wp"
  end

  service do
    run [opt_bin/"wp", "run", "--no-open"]
    keep_alive crashed: true
  end

  test do
    assert_match version.to_s, shell_output("#{bin}/wp version")
  end
end
