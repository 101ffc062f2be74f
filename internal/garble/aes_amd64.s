//go:build !purego

#include "textflag.h"

// Each step is done to eight blocks, X0 to X7, so that one hides the latency of
// the others. X8 holds a round key.
#define EACH(op) \
	op(X0); op(X1); op(X2); op(X3); op(X4); op(X5); op(X6); op(X7)

#define WHITEN(x) VPXOR X8, x, x
#define MIDDLE(x) VAESENC X8, x, x
#define FINAL(x) VAESENCLAST X8, x, x

#define ROUND(at) \
	VMOVDQU at(AX), X8; \
	EACH(MIDDLE)

#define PERMUTE \
	VMOVDQU (AX), X8; \
	EACH(WHITEN); \
	ROUND(16); ROUND(32); ROUND(48); ROUND(64); ROUND(80); \
	ROUND(96); ROUND(112); ROUND(128); ROUND(144); \
	VMOVDQU 160(AX), X8; \
	EACH(FINAL)

#define LOAD(from) \
	VMOVDQU 0(from), X0; VMOVDQU 16(from), X1; VMOVDQU 32(from), X2; VMOVDQU 48(from), X3; \
	VMOVDQU 64(from), X4; VMOVDQU 80(from), X5; VMOVDQU 96(from), X6; VMOVDQU 112(from), X7

#define MIX(from) \
	VPXOR 0(from), X0, X0; VPXOR 16(from), X1, X1; VPXOR 32(from), X2, X2; VPXOR 48(from), X3, X3; \
	VPXOR 64(from), X4, X4; VPXOR 80(from), X5, X5; VPXOR 96(from), X6, X6; VPXOR 112(from), X7, X7

#define STORE(to) \
	VMOVDQU X0, 0(to); VMOVDQU X1, 16(to); VMOVDQU X2, 32(to); VMOVDQU X3, 48(to); \
	VMOVDQU X4, 64(to); VMOVDQU X5, 80(to); VMOVDQU X6, 96(to); VMOVDQU X7, 112(to)

// func tmmo(keys *roundKeys, dst, src, tweak *Wire, eights int)
TEXT ·tmmo(SB), NOSPLIT, $0-40
	MOVQ keys+0(FP), AX
	MOVQ dst+8(FP), DI
	MOVQ src+16(FP), SI
	MOVQ tweak+24(FP), DX
	MOVQ eights+32(FP), CX

eight:
	TESTQ CX, CX
	JZ    done
	LOAD(SI)
	PERMUTE
	STORE(DI)
	MIX(DX)
	PERMUTE
	MIX(DI)
	STORE(DI)
	ADDQ  $128, SI
	ADDQ  $128, DI
	ADDQ  $128, DX
	DECQ  CX
	JMP   eight

done:
	RET
