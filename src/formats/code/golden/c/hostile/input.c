/* </pre><script>alert(1)</script> */
int main(void) {
	return "[31m<img src=x onerror=alert(1)>"[0] & 0x7f;
}